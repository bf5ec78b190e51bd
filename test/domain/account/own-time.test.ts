import { expect, test } from 'vitest';
import { newAccount } from '../../../domain/account/new-account.ts';
import { ownTime } from '../../../domain/account/own-time.ts';
import type { Period } from '../../../domain/account/state.ts';
import { appId, userId } from '../../../domain/ids.ts';
import { instant } from '../../../domain/instant.ts';

const midnight = Date.parse('2029-09-07T00:00:00Z');
const { account } = newAccount(appId('app'), userId('ada'), instant(0));
const dayFrom = (startsAt: number) => ({ startsAt: instant(startsAt) }) as NonNullable<typeof account.day>;
const periodFrom = (startsAt: number) => ({ number: 1, startsAt: instant(startsAt) }) as Period;

test.each([
  ['nothing is open', null, 0, -1_500],
  ['the day was opened by a process whose clock is ahead', dayFrom(midnight), 0, 0],
  ['the period was', dayFrom(midnight), midnight + 3, 3],
  ['the day is open for hours', dayFrom(midnight - 80_000_000), 0, -1_500],
])('the time of an account does not run back: %s', (_name, day, periodStart, told) => {
  const state = { account: { ...account, day, currentPeriod: 1 }, periods: [periodFrom(periodStart)] };
  expect(ownTime(state, instant(midnight - 1_500))).toBe(midnight + told);
});

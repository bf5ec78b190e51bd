import { type Instant, later } from '../instant.ts';
import type { AccountState } from './state.ts';

/**
 * The app's time, for this account. Ours may run some milliseconds behind that of the process which has opened the account's day or
 * period, and an account's time does not run back: what counts in a day happens in it.
 */
export function ownTime(
  { account, periods }: Pick<AccountState, 'account' | 'periods'>,
  now: Instant,
): Instant {
  const period = periods.find(({ number }) => number === account.currentPeriod);
  const opened = [period?.startsAt, account.day?.startsAt].filter((at) => at !== undefined);
  return opened.reduce(later, now);
}

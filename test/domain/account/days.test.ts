import { describe, expect, test } from 'vitest';
import { startSession } from '../account-on.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

/** The month ends at midnight of UTC, and with it the zone that the user has left. */
const roomy = policyWith((plan) => ({
  ...plan,
  probation: null,
  degrade: null,
  period: { ...plan.period, anchor: 'calendar' },
  sessions: { per_day: 50, per_month: 100, concurrent: 10 },
}));

const accountThatMoves = (timeZone: string): AnAccount =>
  new AnAccount(at('2026-11-30T23:00:00Z'), roomy).register({ timeZone: 'UTC' }).register({ timeZone });

const dayOf = ({ state }: AnAccount) => state.account.day;

describe('the first day in another zone', () => {
  test('starts where the last one ended, for who moves east', () => {
    const account = accountThatMoves('Asia/Tokyo');
    account.session();
    expect(dayOf(account)).toMatchObject({ date: '2026-11-30', sessions: 1, spent: 10_000 });
    account.goTo('2026-12-01T00:30:00Z').session();
    expect(dayOf(account)).toMatchObject({
      date: '2026-12-01',
      startsAt: at('2026-12-01T00:00:00Z'),
      endsAt: at('2026-12-01T15:00:00Z'),
      sessions: 1,
      spent: 10_000,
    });
  });

  test('has the date of the last one, for who moves west, and none of its sessions', () => {
    const account = accountThatMoves('America/New_York').goTo('2026-11-30T23:55:00Z');
    const [unused, late] = [startSession(account), startSession(account)];
    account.end(late.id);
    account.goTo('2026-12-01T00:05:00Z').use(startSession(account).id, 0.01);
    expect(dayOf(account)).toMatchObject({
      date: unused.date,
      startsAt: at('2026-12-01T00:00:00Z'),
      endsAt: at('2026-12-01T05:00:00Z'),
      sessions: 1,
    });
    account.end(unused.id);
    expect(dayOf(account)).toMatchObject({ sessions: 1, refunds: 1 });
    account.use(late.id, 0.01);
    expect(dayOf(account)).toMatchObject({ sessions: 1, spent: 20_000 });
  });

  test('is a whole one where days have passed between', () => {
    const account = accountThatMoves('Asia/Tokyo');
    account.goTo('2026-12-03T16:00:00Z').session();
    expect(dayOf(account)).toMatchObject({ date: '2026-12-04', startsAt: at('2026-12-03T15:00:00Z') });
  });
});

import type { Instant } from '../instant.ts';
import { noMoney } from '../money.ts';
import type { AccountState, Period, Tombstone } from './state.ts';

/** Null: no period is running that could be filled up. */
export function tombstoneOf({ account, periods }: AccountState, now: Instant): Tombstone | null {
  const period = periods.find(({ number }) => number === account.currentPeriod);
  if (period === undefined || period.endsAt <= now) return null;
  const { number, startsAt, endsAt, timeZone, plan, policyVersion, sessionsUsed, spent, overshoot } = period;
  return {
    period: { number, startsAt, endsAt, timeZone, plan, policyVersion, sessionsUsed, spent, overshoot },
    day: account.day,
  };
}

/** The period that an id goes on with. What was held is free, and what was crossed may be told to whoever comes back. */
export function carriedPeriod({ period }: Tombstone): Period {
  const { sessionsUsed: sessions, spent, overshoot } = period;
  return {
    ...period,
    held: noMoney,
    crossed: [],
    drawnBefore: {},
    carried: { sessions, spent, overshoot },
  };
}

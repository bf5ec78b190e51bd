import type { Standing } from '../domain/account/standing.ts';
import type { Lifecycle } from '../domain/account/lifecycle.ts';
import type { Instant } from '../domain/instant.ts';
import type { PeriodTotals } from '../domain/totals.ts';
import { type FreeTierState, currentPeriodOf } from './state.ts';

/** What a workflow leaves behind when it completes: its result in the Temporal UI. */
export type Farewell = {
  readonly v: 1;
  /** `unknown`: the ledger has no such account. */
  readonly ended: Extract<Lifecycle, 'hibernating' | 'upgraded'> | 'unknown';
  readonly at: Instant;
  readonly standing: Standing;
  /** The paid plan, where that is why. */
  readonly plan: string | null;
  readonly period: Pick<
    PeriodTotals,
    'number' | 'endsAt' | 'sessionsUsed' | 'sessionsLimit' | 'spent' | 'percent'
  > | null;
};

function periodOf(state: FreeTierState): Farewell['period'] {
  const current = currentPeriodOf(state);
  if (current === null) return null;
  const { number, endsAt, sessionsUsed, sessionsLimit, spent, percent } = current;
  return { number, endsAt, sessionsUsed, sessionsLimit, spent, percent };
}

export const farewell = (state: FreeTierState, ended: Farewell['ended'], at: Instant): Farewell => ({
  v: 1,
  ended,
  at,
  standing: state.entitlement.standing,
  plan: ended === 'upgraded' ? (state.entitlement.billing?.plan ?? null) : null,
  period: periodOf(state),
});

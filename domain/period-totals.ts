import type { AccountState, Period } from './account/state.ts';
import type { DecisionContext } from './account/context.ts';
import { percentUsed } from './allowance/ladder.ts';
import { termsInForce } from './allowance/terms-in-force.ts';
import { armOf } from './growth/arm.ts';
import { after } from './instant.ts';
import type { CrossingTotals, PeriodTotals } from './totals.ts';

export type PeriodFacts = {
  readonly period: Period;
  readonly crossings: readonly CrossingTotals[];
  /** All that followed from its end was decided. */
  readonly accounted: boolean;
};

/** What the workflow is told of a period, by the terms in force. */
export function periodTotals(
  { period, crossings, accounted }: PeriodFacts,
  state: Pick<AccountState, 'account' | 'commands'>,
  context: Pick<DecisionContext, 'now' | 'policyOf'>,
): PeriodTotals {
  const terms = termsInForce(state, period, context);
  const { number, startsAt, endsAt, timeZone, plan, sessionsUsed, spent, held, overshoot } = period;
  return {
    number,
    startsAt,
    endsAt,
    timeZone,
    plan,
    sessionsUsed,
    sessionsLimit: terms.sessionsPerPeriod,
    spent,
    held,
    visibleBudget: terms.visibleBudget,
    hardBudget: terms.hardBudget,
    overshoot,
    percent: percentUsed(period, terms),
    crossings,
    accounted,
    arm: armOf(state.account, terms),
    soonAt: terms.announceReset === null ? null : after(endsAt, -terms.announceReset),
  };
}

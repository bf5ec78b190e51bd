import { bringUpToDate, today } from '../account/bring-up-to-date.ts';
import { currentPeriod, openSessions } from '../account/change.ts';
import type { DecisionContext } from '../account/context.ts';
import { type Entitlement, entitlementInForce, isUpgraded } from '../account/entitlement.ts';
import type { Standing } from '../account/standing.ts';
import type { AccountState } from '../account/state.ts';
import type { EffectiveLimit, LimitSource } from '../allowance/effective-limit.ts';
import { type EffectiveLimits, effectiveLimits } from '../allowance/effective-limits.ts';
import { dimensionAt } from '../allowance/ladder.ts';
import { type BindingLimit, bindingLimits, holdFor } from '../allowance/limits.ts';
import { currentTermsInForce } from '../allowance/terms-in-force.ts';
import type { Instant } from '../instant.ts';
import type { MicroUsd } from '../money.ts';
import type { Tier } from '../policy/document.ts';

/**
 * One question that an admission asks. A session is counted by those in `sessions`; `hold` adds what it would hold to
 * what is spent and held. Dollars of `budget` are judged on what was spent before.
 */
export type CheckName =
  'month' | 'day' | 'concurrent' | 'probation' | 'budget' | 'daily_budget' | 'hold' | 'standing';

export type Check = {
  readonly name: CheckName;
  readonly unit: 'sessions' | 'micro_usd';
  readonly used: number;
  /** What the session asked for adds to it. */
  readonly adds: number;
  readonly limit: number;
  readonly source: LimitSource;
  /** What led to the limit, in words of whoever set it: "plan 10, grant of 5 (a good customer)". */
  readonly contributions: EffectiveLimit<number>['contributions'];
  readonly binds: boolean;
  /** When time alone lifts it, null where it does not bind or a person must. */
  readonly freesAt: Instant | null;
};

/** Why a session would get its tier. */
export type TierReason = 'as_usual' | 'ceiling' | 'ladder' | 'room';

export type Explanation = {
  readonly standing: Standing;
  /** Every limit that binds, the one to name first; empty where a session would be admitted. */
  readonly binding: readonly BindingLimit[];
  readonly hold: { readonly tier: Tier; readonly cap: MicroUsd; readonly because: TierReason } | null;
  readonly checks: readonly Check[];
  readonly spent: MicroUsd;
  readonly held: MicroUsd;
};

const freesAtOf = (binding: readonly BindingLimit[], limit: BindingLimit['limit']): Instant | null =>
  binding.find((one) => one.limit === limit)?.resetsAt ?? null;

type Figures = Pick<Check, 'name' | 'unit' | 'used' | 'adds'>;

/** A check of a limit that stops at it: what is used has reached it. */
function reached(
  figures: Figures,
  limit: EffectiveLimit<number | null> | null,
  freesAt: Instant | null,
): Check[] {
  if (limit === null || limit.value === null) return [];
  const { value, source, contributions } = limit;
  const binds = figures.used >= value;
  return [
    {
      ...figures,
      limit: value,
      source,
      contributions: contributions.flatMap((one) =>
        one.value === null ? [] : [{ ...one, value: one.value }],
      ),
      binds,
      freesAt: binds ? freesAt : null,
    },
  ];
}

function countChecks(
  state: AccountState,
  limits: EffectiveLimits,
  binding: readonly BindingLimit[],
): Check[] {
  const period = currentPeriod(state);
  const day = today(state);
  const one = (name: CheckName, used: number): Figures => ({ name, unit: 'sessions', used, adds: 1 });
  return [
    ...reached(one('month', period.sessionsUsed), limits.sessionsPerPeriod, period.endsAt),
    ...reached(one('day', day.sessions), limits.sessionsPerDay, day.endsAt),
    ...reached(
      one('concurrent', openSessions(state).length),
      limits.concurrentSessions,
      freesAtOf(binding, 'concurrent'),
    ),
    ...reached(
      one('probation', period.sessionsUsed),
      limits.probationSessions,
      freesAtOf(binding, 'probation'),
    ),
  ];
}

function dollarChecks(state: AccountState, limits: EffectiveLimits): Check[] {
  const period = currentPeriod(state);
  const day = today(state);
  const spent = (name: CheckName, used: MicroUsd): Figures => ({ name, unit: 'micro_usd', used, adds: 0 });
  return [
    ...reached(spent('budget', period.spent), limits.visibleBudget, period.endsAt),
    ...reached(spent('daily_budget', day.spent), limits.dailyBudget, day.endsAt),
  ];
}

/** Room for the whole hold: it is never shrunk to what is left. Without any room, the smallest hold is shown. */
function holdCheck(
  state: AccountState,
  limits: EffectiveLimits,
  hold: Explanation['hold'],
  binding: readonly BindingLimit[],
): Check {
  const { spent, held } = currentPeriod(state);
  const { hardBudget, sessionCap } = limits;
  const smallest = Math.min(sessionCap.standard.value, sessionCap.economy.value);
  return {
    name: 'hold',
    unit: 'micro_usd',
    used: spent + held,
    adds: hold?.cap ?? smallest,
    limit: hardBudget.value,
    source: hardBudget.source,
    contributions: hardBudget.contributions,
    binds: hold === null,
    freesAt: hold === null ? (freesAtOf(binding, 'concurrent') ?? freesAtOf(binding, 'usage')) : null,
  };
}

const standingCheck = (standing: Standing): Check => ({
  name: 'standing',
  unit: 'sessions',
  used: 0,
  adds: 1,
  limit: standing === 'under_review' || standing === 'suspended' ? 0 : 1,
  source: standing === 'good' ? 'plan' : 'standing',
  contributions: [],
  binds: standing === 'under_review' || standing === 'suspended',
  freesAt: null,
});

function reasonFor(
  tier: Tier,
  state: AccountState,
  context: DecisionContext,
  limits: EffectiveLimits,
): TierReason {
  if (tier === 'standard') return 'as_usual';
  if (limits.tierCeiling.value === 'economy') return 'ceiling';
  const period = currentPeriod(state);
  const terms = currentTermsInForce(state, context);
  const degrades =
    terms.degrade !== null && dimensionAt(period, terms, period.sessionsUsed + 1, terms.degrade.at) !== null;
  return degrades ? 'ladder' : 'room';
}

const limitsThen = (state: AccountState, context: DecisionContext): EffectiveLimits => {
  const entitlement: Entitlement = entitlementInForce(state);
  return effectiveLimits({ account: state.account, entitlement }, currentPeriod(state), context);
};

/**
 * What became, or would become, of a session asked for at `context.now`, by the same functions that decide: every limit
 * with what was used of it, where it came from, whether it binds and when it frees.
 */
export function explainDecision(before: AccountState, context: DecisionContext): Explanation {
  const state = bringUpToDate(before, context);
  const { standing } = entitlementInForce(state);
  const limits = limitsThen(state, context);
  const binding = bindingLimits(state, context);
  const room = holdFor(state, context);
  const hold = room === null ? null : { ...room, because: reasonFor(room.tier, state, context, limits) };
  const { spent, held } = currentPeriod(state);
  return {
    standing,
    binding,
    hold,
    spent,
    held,
    checks: [
      // On a paid plan none of these is asked.
      ...(isUpgraded(state)
        ? []
        : [
            ...countChecks(state, limits, binding),
            ...dollarChecks(state, limits),
            holdCheck(state, limits, hold, binding),
          ]),
      standingCheck(standing),
    ],
  };
}

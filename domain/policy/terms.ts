import type { QuietHours } from '../mail/quiet-hours.ts';
import type { Milliseconds } from '../instant.ts';
import { type MicroUsd, microUsd, microUsdFromDollars } from '../money.ts';
import type { ParsedPlan, ParsedPolicy, Tier } from './document.ts';
import { lengthOfSpan } from './period-length.ts';
import { type PriceTerms, termsOfPrices } from './prices.ts';
import { type UpgradeTerms, termsOfUpgrade } from './upgrade.ts';

export type PeriodRule = {
  readonly every: string;
  readonly anchor: 'registration' | 'calendar';
};

/** One plan, ready for arithmetic: micro-dollars, milliseconds and percents. Plain JSON, never changed once made. */
export type PlanTerms = {
  readonly plan: string;
  readonly sessionsPerDay: number | null;
  readonly sessionsPerPeriod: number;
  readonly concurrentSessions: number;
  readonly idleTimeout: Milliseconds;
  /** Spending never passes this but for overshoot. */
  readonly hardBudget: MicroUsd;
  /** 100 % of what the ladder measures: the hard budget less the buffer. */
  readonly visibleBudget: MicroUsd;
  readonly dailyBudget: MicroUsd | null;
  readonly sessionCap: Readonly<Record<Tier, MicroUsd>>;
  /** Input and output tokens that one session may use; null: dollars alone bound it. */
  readonly sessionTokens: number | null;
  readonly period: PeriodRule;
  /** This long before the reset the user is told of it; null: not. */
  readonly announceReset: Milliseconds | null;
  /** Percents of the ladder's steps, rising; the last is 100. */
  readonly ladder: {
    readonly indicator: number;
    readonly nudge: number;
    readonly confirm: number;
    readonly cutoff: number;
  };
  readonly degrade: { readonly at: number; readonly tier: Tier } | null;
  readonly models: Readonly<Record<Tier, readonly string[]>>;
  /** What becomes of a call to a model that the session's tier does not include. */
  readonly otherModels: 'refuse' | 'downgrade';
  readonly probation: { readonly lasts: Milliseconds; readonly sessions: number } | null;
  readonly reviewDue: Milliseconds;
  /** How long after that a review is escalated, and what becomes of it then. */
  readonly reviewEscalateAfter: Milliseconds;
  readonly reviewThen: 'keep_and_recheck';
  /** Percent of users, by hash, who meet the plain limit without the ladder. */
  readonly holdout: number;
  readonly upgrade: UpgradeTerms;
};

/** The share of the hard budget the user is measured against; rounded down, so that the buffer is never smaller than stated. */
function visiblePart(hardBudget: MicroUsd, bufferPercent: number): MicroUsd {
  return microUsd(Math.floor((hardBudget * (1000 - Math.round(bufferPercent * 10))) / 1000));
}

function termsOfPlan(name: string, plan: ParsedPlan, policy: ParsedPolicy): PlanTerms {
  const hardBudget = microUsdFromDollars(plan.budget.per_month);
  const standardCap = microUsdFromDollars(plan.budget.per_session);
  const economyCap = plan.degrade?.per_session ?? null;
  return {
    plan: name,
    sessionsPerDay: plan.sessions.per_day,
    sessionsPerPeriod: plan.sessions.per_month,
    concurrentSessions: plan.sessions.concurrent,
    idleTimeout: lengthOfSpan(plan.sessions.idle_timeout),
    hardBudget,
    visibleBudget: visiblePart(hardBudget, plan.budget.buffer),
    dailyBudget: plan.budget.per_day === null ? null : microUsdFromDollars(plan.budget.per_day),
    sessionTokens: plan.budget.per_session_tokens,
    sessionCap: {
      standard: standardCap,
      economy: economyCap === null ? standardCap : microUsdFromDollars(economyCap),
    },
    period: { every: plan.period.every, anchor: plan.period.anchor },
    announceReset: plan.period.announce_reset === null ? null : lengthOfSpan(plan.period.announce_reset),
    ladder: plan.friction,
    degrade: plan.degrade === null ? null : { at: plan.degrade.at, tier: plan.degrade.tier },
    models: plan.models,
    otherModels: plan.other_models,
    probation:
      plan.probation === null
        ? null
        : { lasts: lengthOfSpan(plan.probation.for), sessions: plan.probation.sessions },
    reviewDue: lengthOfSpan(policy.review.due),
    reviewEscalateAfter: lengthOfSpan(policy.review.escalate_after),
    reviewThen: policy.review.then,
    holdout: policy.growth.holdout,
    upgrade: termsOfUpgrade(plan),
  };
}

/** Every plan of a policy version, by name. */
export type PolicyTerms = {
  readonly defaultPlan: string;
  readonly plans: Readonly<Record<string, PlanTerms>>;
  readonly prices: PriceTerms;
  readonly email: EmailTerms;
};

export type EmailTerms = {
  readonly enabled: boolean;
  readonly from: string | null;
  readonly replyTo: string | null;
  readonly quietHours: QuietHours | null;
};

function termsOfEmail({
  enabled,
  from,
  reply_to: replyTo,
  quiet_hours: quietHours,
}: ParsedPolicy['channels']['email']): EmailTerms {
  return { enabled, from, replyTo, quietHours };
}

export function termsOfPolicy(policy: ParsedPolicy): PolicyTerms {
  const plans = Object.entries(policy.plans).map(
    ([name, plan]) => [name, termsOfPlan(name, plan, policy)] as const,
  );
  return {
    defaultPlan: policy.default_plan,
    plans: Object.fromEntries(plans),
    prices: termsOfPrices(policy.prices),
    email: termsOfEmail(policy.channels.email),
  };
}

/** An account may still name a plan that a newer policy dropped: it then lives on the default plan. */
export function termsFor(policy: PolicyTerms, plan: string | null): PlanTerms {
  const terms = plan === null ? undefined : policy.plans[plan];
  const fallback = policy.plans[policy.defaultPlan];
  if (fallback === undefined) throw new RangeError(`policy has no default plan ${policy.defaultPlan}`);
  return terms ?? fallback;
}

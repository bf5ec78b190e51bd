import { today } from '../account/bring-up-to-date.ts';
import { currentPeriod, openSessions } from '../account/change.ts';
import type { DecisionContext } from '../account/context.ts';
import { entitlementInForce, isUpgraded, tierCeilingOf } from '../account/entitlement.ts';
import type { AccountState, Session } from '../account/state.ts';
import type { Instant } from '../instant.ts';
import { type MicroUsd, minus, plus } from '../money.ts';
import type { Tier } from '../policy/document.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { probationOf } from './effective-limits.ts';
import { dimensionAt } from './ladder.ts';
import { currentTermsInForce } from './terms-in-force.ts';

export type LimitName =
  'day' | 'month' | 'usage' | 'concurrent' | 'session' | 'probation' | 'review' | 'suspended';

/** A limit that refuses a session now, and when time alone would lift it; null where a person must. */
export type BindingLimit = { readonly limit: LimitName; readonly resetsAt: Instant | null };

const fits = (state: AccountState, terms: PlanTerms, cap: MicroUsd): boolean => {
  const period = currentPeriod(state);
  return plus(plus(period.spent, period.held), cap) <= terms.hardBudget;
};

/** The cheapest hold under which a session could start, by tier. */
const smallestCap = (terms: PlanTerms): MicroUsd =>
  terms.degrade === null || terms.sessionCap.economy > terms.sessionCap.standard
    ? terms.sessionCap.standard
    : terms.sessionCap.economy;

/**
 * The tier and hold for a session that starts now: the lesser of ceiling and ladder, and the economy tier's cap where
 * the standard one does not fit. A hold is never shrunk to what is left; null when neither fits. On a paid plan every
 * hold fits, and the ladder lowers no tier.
 */
export function holdFor(
  state: AccountState,
  context: DecisionContext,
): { readonly tier: Tier; readonly cap: MicroUsd } | null {
  const terms = currentTermsInForce(state, context);
  const ceiling = tierCeilingOf(entitlementInForce(state));
  if (isUpgraded(state)) return { tier: ceiling, cap: terms.sessionCap[ceiling] };
  const period = currentPeriod(state);
  const { degrade } = terms;
  const degraded =
    degrade !== null && dimensionAt(period, terms, period.sessionsUsed + 1, degrade.at) !== null;
  const byLadder: Tier = degraded ? degrade.tier : 'standard';
  const tier: Tier = ceiling === 'economy' ? 'economy' : byLadder;
  if (fits(state, terms, terms.sessionCap[tier])) return { tier, cap: terms.sessionCap[tier] };
  if (degrade !== null && fits(state, terms, terms.sessionCap.economy))
    return { tier: 'economy', cap: terms.sessionCap.economy };
  return null;
}

function probationLimit(state: AccountState, terms: PlanTerms, now: Instant): BindingLimit[] {
  const probation = probationOf(state.account, terms, now);
  return probation !== null && currentPeriod(state).sessionsUsed >= probation.sessions
    ? [{ limit: 'probation', resetsAt: probation.endsAt }]
    : [];
}

/** What the current period holds, and until when if nothing more is heard of it. */
function holdsOf(state: AccountState): readonly { readonly held: MicroUsd; readonly until: Instant }[] {
  const { number } = currentPeriod(state);
  return state.sessions
    .filter((session) => session.period === number && session.held > 0)
    .map((session) => ({ held: session.held, until: session.expiresAt }))
    .sort((left, right) => left.until - right.until);
}

/** When the smallest hold fits again because others have run out; null where even that would not make room. */
function whenRoomReturns(state: AccountState, terms: PlanTerms): Instant | null {
  const { spent, held } = currentPeriod(state);
  const most = terms.hardBudget - smallestCap(terms) - spent;
  let stillHeld = held;
  for (const hold of holdsOf(state)) {
    stillHeld = minus(stillHeld, hold.held);
    if (stillHeld <= most) return hold.until;
  }
  return null;
}

function budgetLimits(state: AccountState, context: DecisionContext, terms: PlanTerms): BindingLimit[] {
  const period = currentPeriod(state);
  const day = today(state);
  const usedUp: BindingLimit[] =
    period.spent >= terms.visibleBudget ? [{ limit: 'usage', resetsAt: period.endsAt }] : [];
  const dayUsedUp: BindingLimit[] =
    terms.dailyBudget !== null && day.spent >= terms.dailyBudget
      ? [{ limit: 'usage', resetsAt: day.endsAt }]
      : [];
  if (usedUp.length > 0 || holdFor(state, context) !== null) return [...usedUp, ...dayUsedUp];
  // Room for a hold is missing. If holds of running sessions take it, it comes back when they end.
  const freesAt = whenRoomReturns(state, terms);
  return [
    ...dayUsedUp,
    freesAt === null
      ? { limit: 'usage', resetsAt: period.endsAt }
      : { limit: 'concurrent', resetsAt: freesAt },
  ];
}

/** When so many of the running sessions have expired that fewer than `most` are left. */
const whenPlaceReturns = (open: readonly Session[], most: number): Instant | null =>
  open.map((session) => session.expiresAt).sort((left, right) => left - right)[open.length - most] ?? null;

function windowLimits(state: AccountState, context: DecisionContext): BindingLimit[] {
  const terms = currentTermsInForce(state, context);
  const period = currentPeriod(state);
  const day = today(state);
  const open = openSessions(state);
  const limits: BindingLimit[] = [];
  if (period.sessionsUsed >= terms.sessionsPerPeriod)
    limits.push({ limit: 'month', resetsAt: period.endsAt });
  if (terms.sessionsPerDay !== null && day.sessions >= terms.sessionsPerDay)
    limits.push({ limit: 'day', resetsAt: day.endsAt });
  if (open.length >= terms.concurrentSessions)
    limits.push({ limit: 'concurrent', resetsAt: whenPlaceReturns(open, terms.concurrentSessions) });
  return [...limits, ...budgetLimits(state, context, terms), ...probationLimit(state, terms, context.now)];
}

/** What a person must lift, if anything: nothing new may be spent until then. */
export function standingLimits(state: AccountState): BindingLimit[] {
  const { standing } = entitlementInForce(state);
  switch (standing) {
    case 'good':
    case 'restricted':
      return [];
    case 'under_review':
      return [{ limit: 'review', resetsAt: null }];
    case 'suspended':
      return [{ limit: 'suspended', resetsAt: null }];
    default:
      return standing satisfies never;
  }
}

/** Each limit told once: the day and the month may both be out of dollars. */
export const limitNames = (limits: readonly BindingLimit[]): readonly LimitName[] => [
  ...new Set(limits.map(({ limit }) => limit)),
];

/** Running sessions come last: they end before any window does, and the user can end them. */
const rank = (limit: BindingLimit): number =>
  limit.limit === 'concurrent' || limit.limit === 'session' ? 1 : 0;

/**
 * Every limit that refuses a session now, the one to name first: where a person must act, then the limit that frees
 * last, then running sessions. Where two free at the same instant, the order in which they are collected decides:
 * month, day, usage, probation.
 */
export function bindingLimits(state: AccountState, context: DecisionContext): readonly BindingLimit[] {
  if (isUpgraded(state)) return standingLimits(state);
  const byWindow = windowLimits(state, context).sort(
    (left, right) => rank(left) - rank(right) || (right.resetsAt ?? 0) - (left.resetsAt ?? 0),
  );
  return [...standingLimits(state), ...byWindow];
}

import { today } from '../account/bring-up-to-date.ts';
import { currentPeriod, openSessions } from '../account/change.ts';
import { type DecisionContext, currentTerms } from '../account/context.ts';
import { fold, type Entitlement } from '../account/entitlement.ts';
import type { AccountState } from '../account/state.ts';
import { type Instant, after, earliest } from '../instant.ts';
import { type MicroUsd, plus } from '../money.ts';
import type { Tier } from '../policy/document.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { dimensionAt } from './ladder.ts';

export type LimitName =
  'day' | 'month' | 'usage' | 'concurrent' | 'session' | 'probation' | 'review' | 'suspended';

/** A limit that refuses a session now, and when time alone would lift it; null where a person must. */
export type BindingLimit = { readonly limit: LimitName; readonly resetsAt: Instant | null };

export const entitlementInForce = (state: AccountState): Entitlement =>
  fold(state.account.entitlement, state.commands);

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
 * the standard one does not fit. A hold is never shrunk to what is left; null when neither fits.
 */
export function holdFor(
  state: AccountState,
  context: DecisionContext,
): { readonly tier: Tier; readonly cap: MicroUsd } | null {
  const terms = currentTerms(state, context);
  const period = currentPeriod(state);
  const { degrade } = terms;
  const degraded =
    degrade !== null && dimensionAt(period, terms, period.sessionsUsed + 1, degrade.at) !== null;
  const byLadder: Tier = degraded ? degrade.tier : 'standard';
  const tier: Tier = entitlementInForce(state).tierCeiling === 'economy' ? 'economy' : byLadder;
  if (fits(state, terms, terms.sessionCap[tier])) return { tier, cap: terms.sessionCap[tier] };
  if (degrade !== null && fits(state, terms, terms.sessionCap.economy))
    return { tier: 'economy', cap: terms.sessionCap.economy };
  return null;
}

function probationLimit(state: AccountState, terms: PlanTerms, now: Instant): BindingLimit[] {
  const { registeredAt, registrationGiven } = state.account;
  if (terms.probation === null || !registrationGiven) return [];
  const endsAt = after(registeredAt, terms.probation.lasts);
  const binds = now < endsAt && currentPeriod(state).sessionsUsed >= terms.probation.sessions;
  return binds ? [{ limit: 'probation', resetsAt: endsAt }] : [];
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
  // Room for a hold is missing. If the running sessions hold it, it comes back when they end.
  const heldElsewhere = plus(period.spent, smallestCap(terms)) <= terms.hardBudget;
  const blocked: BindingLimit = heldElsewhere
    ? { limit: 'concurrent', resetsAt: earliest(openSessions(state).map((session) => session.expiresAt)) }
    : { limit: 'usage', resetsAt: period.endsAt };
  return [...dayUsedUp, blocked];
}

function windowLimits(state: AccountState, context: DecisionContext): BindingLimit[] {
  const terms = currentTerms(state, context);
  const period = currentPeriod(state);
  const day = today(state);
  const open = openSessions(state);
  const limits: BindingLimit[] = [];
  if (period.sessionsUsed >= terms.sessionsPerPeriod)
    limits.push({ limit: 'month', resetsAt: period.endsAt });
  if (terms.sessionsPerDay !== null && day.sessions >= terms.sessionsPerDay)
    limits.push({ limit: 'day', resetsAt: day.endsAt });
  if (open.length >= terms.concurrentSessions) {
    limits.push({ limit: 'concurrent', resetsAt: earliest(open.map((session) => session.expiresAt)) });
  }
  return [...limits, ...budgetLimits(state, context, terms), ...probationLimit(state, terms, context.now)];
}

function standingLimits(state: AccountState): BindingLimit[] {
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

/** Running sessions come last: they end before any window does, and the user can end them. */
const rank = (limit: BindingLimit): number =>
  limit.limit === 'concurrent' || limit.limit === 'session' ? 1 : 0;

/**
 * Every limit that refuses a session now, the one to name first: where a person must act, then the limit that frees
 * last, then running sessions.
 */
export function bindingLimits(state: AccountState, context: DecisionContext): readonly BindingLimit[] {
  const byWindow = windowLimits(state, context).sort(
    (left, right) => rank(left) - rank(right) || (right.resetsAt ?? 0) - (left.resetsAt ?? 0),
  );
  return [...standingLimits(state), ...byWindow];
}

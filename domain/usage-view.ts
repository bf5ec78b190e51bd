import { bringUpToDate, today } from './account/bring-up-to-date.ts';
import { currentPeriod, openSessions } from './account/change.ts';
import type { DecisionContext } from './account/context.ts';
import { entitlementInForce, isUpgraded } from './account/entitlement.ts';
import type { AccountState, Dimension, Period } from './account/state.ts';
import { type Stage, isUsedUp, percentUsed, stageOf } from './allowance/ladder.ts';
import { type BindingLimit, type LimitName, bindingLimits, holdFor } from './allowance/limits.ts';
import { currentTermsInForce } from './allowance/terms-in-force.ts';
import { isHeldOut } from './growth/arm.ts';
import type { Instant } from './instant.ts';
import type { ViewShown } from './messages/phrases.ts';
import { localeOf, sentence } from './messages/sentences.ts';
import { usageMessage } from './messages/usage-message.ts';
import type { Tier } from './policy/document.ts';
import type { PlanTerms } from './policy/terms.ts';
import { upgradeIn } from './policy/upgrade.ts';
import type { UserView } from './user-view.ts';

/** What the answer is about: the session just admitted, the limit that refused one, or the allowance as it stands. */
export type ViewOccasion =
  | { readonly kind: 'admitted'; readonly tier: Tier }
  | { readonly kind: 'refused'; readonly by: BindingLimit }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'running'; readonly limitedBy: LimitName | null }
  | { readonly kind: 'standing' };

function limitShown(occasion: ViewOccasion, binding: readonly BindingLimit[]): BindingLimit | null {
  switch (occasion.kind) {
    case 'admitted':
    case 'confirm':
      return null;
    case 'running':
      return occasion.limitedBy === null ? null : { limit: occasion.limitedBy, resetsAt: null };
    case 'refused':
      return occasion.by;
    case 'standing':
      return binding[0] ?? null;
    default:
      return occasion satisfies never;
  }
}

function stageShown(state: AccountState, context: DecisionContext, limit: BindingLimit | null): Stage {
  const { standing } = entitlementInForce(state);
  if (standing === 'suspended') return 'suspended';
  if (standing === 'under_review') return 'review';
  const period = currentPeriod(state);
  const refusedByPeriod =
    (limit?.limit === 'month' || limit?.limit === 'usage') && limit.resetsAt === period.endsAt;
  if (refusedByPeriod) return 'cutoff';
  const terms = currentTermsInForce(state, context);
  const stage = stageOf(period, terms, openSessions(state).length > 0);
  return isHeldOut(state.account, terms) && stage !== 'cutoff' ? 'clear' : stage;
}

/** Which dimension is nearer its end; sessions where both are. */
function leadOf(period: Period, terms: PlanTerms): Dimension {
  const bySessions = period.sessionsUsed * terms.visibleBudget;
  return period.spent * terms.sessionsPerPeriod > bySessions ? 'usage' : 'sessions';
}

/** A limit of the window that ends then refuses: whatever the count says, nothing is left in it. */
const isRefusedUntil = (end: Instant, binding: readonly BindingLimit[]): boolean =>
  binding.some(({ limit, resetsAt }) => resetsAt === end && limit !== 'concurrent' && limit !== 'probation');

/** On a paid plan nothing of the free one is shown but what was used; a person's word still is. */
function withoutLimits(view: ViewShown, state: AccountState): UserView {
  const plan = entitlementInForce(state).billing?.plan ?? view.upgrade.plan;
  const isHeld = view.stage === 'review' || view.stage === 'suspended';
  const none = { limit: null, remaining: null };
  return {
    ...view,
    plan,
    stage: isHeld ? view.stage : 'clear',
    percent: 0,
    month: { ...view.month, ...none },
    today: { ...view.today, ...none },
    message: sentence(
      localeOf(state.account.locale),
      isHeld ? `limit_${view.stage}` : 'on_paid_plan',
      isHeld ? {} : { plan, used: view.month.used },
    ),
  };
}

/** The one function that makes the user view, for answers, widgets, messages and e-mails alike. */
export function userView(before: AccountState, context: DecisionContext, occasion: ViewOccasion): UserView {
  const state = bringUpToDate(before, context);
  const { account } = state;
  const terms = currentTermsInForce(state, context);
  const period = currentPeriod(state);
  const day = today(state);
  const binding = bindingLimits(state, context);
  const limit = limitShown(occasion, binding);
  const left = Math.max(0, terms.sessionsPerPeriod - period.sessionsUsed);
  // Dollars that are used up, or leave no room for a session, leave none, whatever the count says.
  const monthRemaining = isUsedUp(period, terms) || isRefusedUntil(period.endsAt, binding) ? 0 : left;
  const leftToday = terms.sessionsPerDay === null ? null : Math.max(0, terms.sessionsPerDay - day.sessions);
  const todayRemaining = isRefusedUntil(day.endsAt, binding) ? 0 : leftToday;
  const locale = localeOf(account.locale);
  const view: ViewShown = {
    user: account.userId,
    plan: period.plan,
    stage: occasion.kind === 'confirm' ? ('confirm' as const) : stageShown(state, context, limit),
    tier: occasion.kind === 'admitted' ? occasion.tier : (holdFor(state, context)?.tier ?? 'economy'),
    percent: percentUsed(period, terms),
    month: {
      used: period.sessionsUsed,
      limit: terms.sessionsPerPeriod,
      remaining: monthRemaining,
      resetsAt: period.endsAt,
    },
    today: {
      used: day.sessions,
      limit: terms.sessionsPerDay,
      remaining: todayRemaining === null ? null : Math.min(todayRemaining, monthRemaining),
      resetsAt: day.endsAt,
    },
    limitedBy: limit?.limit ?? null,
    language: locale.language,
    upgrade: upgradeIn(locale.language, terms.upgrade),
  };
  if (isUpgraded(state)) return withoutLimits(view, state);
  const message = usageMessage(view, {
    // Windows keep the zone they were opened with; who moved reads their ends on today's clock.
    reader: { locale, timeZone: account.timeZone },
    now: context.now,
    about: occasion.kind,
    liftedAt: limit?.resetsAt ?? null,
    lead: leadOf(period, terms),
    restricted: entitlementInForce(state).standing === 'restricted',
    running: { sessions: openSessions(state).length, limit: terms.concurrentSessions },
    probationSessions: terms.probation?.sessions ?? 0,
  });
  return { ...view, message };
}

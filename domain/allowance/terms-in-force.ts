import { currentPeriod } from '../account/change.ts';
import { type DecisionContext, termsOfPeriod } from '../account/context.ts';
import { entitlementInForce } from '../account/entitlement.ts';
import type { Account, AccountState, Period } from '../account/state.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { effectiveLimits } from './effective-limits.ts';

/**
 * The terms that every decision is made by: the plan's, with overrides, grants and standing in them. An account
 * with none of these gets the plan's own object, so that the usual decision costs nothing more.
 */
export function termsInForce(
  state: Pick<AccountState, 'commands'> & { readonly account: Account },
  period: Period,
  context: Pick<DecisionContext, 'now' | 'policyOf'>,
): PlanTerms {
  const plan = termsOfPeriod(period, context);
  const entitlement = entitlementInForce(state);
  const isPlain =
    (entitlement.modifiers ?? []).length === 0 &&
    entitlement.standing !== 'restricted' &&
    Object.keys(period.drawnBefore).length === 0;
  if (isPlain) return plan;
  const limits = effectiveLimits({ account: state.account, entitlement }, period, context);
  return {
    ...plan,
    sessionsPerDay: limits.sessionsPerDay.value,
    sessionsPerPeriod: limits.sessionsPerPeriod.value,
    concurrentSessions: limits.concurrentSessions.value,
    hardBudget: limits.hardBudget.value,
    visibleBudget: limits.visibleBudget.value,
    dailyBudget: limits.dailyBudget.value,
    sessionCap: {
      standard: limits.sessionCap.standard.value,
      economy: limits.sessionCap.economy.value,
    },
    sessionTokens: limits.sessionTokens.value,
  };
}

/** The terms of the period that runs. */
export const currentTermsInForce = (state: AccountState, context: DecisionContext): PlanTerms =>
  termsInForce(state, currentPeriod(state), context);

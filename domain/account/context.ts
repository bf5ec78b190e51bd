import type { PolicyVersion, ReviewId, SessionId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { PlanTerms, PolicyTerms } from '../policy/terms.ts';
import { currentPeriod } from './change.ts';
import type { AccountState, Period } from './state.ts';

/** Everything a decision stands on besides the account itself. */
export type DecisionContext = {
  readonly now: Instant;
  /** The policy version in force for periods that open now. */
  readonly policyVersion: PolicyVersion;
  readonly policyOf: (version: PolicyVersion) => PolicyTerms;
  /** Ids not used before, for what this decision may create. */
  readonly fresh: { readonly sessionId: SessionId; readonly reviewId: ReviewId };
};

/** A running period keeps the policy version it was opened with. */
export function termsOfPeriod(period: Period, context: Pick<DecisionContext, 'policyOf'>): PlanTerms {
  const plan = context.policyOf(period.policyVersion).plans[period.plan];
  if (plan === undefined) throw new RangeError(`policy ${period.policyVersion} has no plan ${period.plan}`);
  return plan;
}

export const currentTerms = (state: AccountState, context: DecisionContext): PlanTerms =>
  termsOfPeriod(currentPeriod(state), context);

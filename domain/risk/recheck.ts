import { bringUpToDate } from '../account/bring-up-to-date.ts';
import { type DecisionContext, currentTerms } from '../account/context.ts';
import { entitlementInForce } from '../account/entitlement.ts';
import { issueCommand } from '../account/issue-command.ts';
import { type Standing, nextStanding } from '../account/standing.ts';
import type { AccountState } from '../account/state.ts';
import type { Decided } from '../allowance/admission.ts';
import type { ReviewId } from '../ids.ts';
import { after } from '../instant.ts';
import { releasedBelow, scoreRisk } from './reference-rule.ts';
import type { NothingDecided } from './review-decision.ts';

export type RecheckRequest = {
  /** Null: whichever review is open, as in a signal typed by hand. */
  readonly reviewId: ReviewId | null;
  /** True where the time to decide is up: a review that stays open gets a new due date. */
  readonly timeUp: boolean;
  readonly by: string;
  readonly note: string;
  readonly key: string;
};

export type RecheckAnswer =
  | { readonly outcome: 'released' | 'kept'; readonly standing: Standing; readonly score: number }
  | NothingDecided;

/**
 * Looks at a flagged account once more. A restriction is released where its evidence has gone; a hold is a person's to lift,
 * so it is kept whatever the score.
 */
export function decideRecheck(
  before: AccountState,
  request: RecheckRequest,
  context: DecisionContext,
): Decided<RecheckAnswer> {
  const state = bringUpToDate(before, context);
  const { standing, reviewId } = entitlementInForce(state);
  const unchanged = (reason: NothingDecided['reason']): Decided<RecheckAnswer> => ({
    state,
    answer: { outcome: 'unchanged', standing, reason },
  });
  if (reviewId === null) return unchanged('no_review');
  if (request.reviewId !== null && request.reviewId !== reviewId) return unchanged('other_review');
  if (standing === 'suspended') return unchanged('already_rejected');
  const { score } = scoreRisk(state, context.now);
  const released = score < releasedBelow && nextStanding(standing, 'recover') !== standing;
  const next = issueCommand(state, {
    key: request.key,
    kind: 'recheck',
    reviewId,
    score,
    outcome: released ? 'released' : 'kept',
    dueAt: request.timeUp && !released ? after(context.now, currentTerms(state, context).reviewDue) : null,
    by: request.by,
    note: request.note,
    at: context.now,
  });
  return {
    state: next,
    answer: {
      outcome: released ? 'released' : 'kept',
      standing: entitlementInForce(next).standing,
      score,
    },
  };
}

import { bringUpToDate } from '../account/bring-up-to-date.ts';
import { issueCommand } from '../account/issue-command.ts';
import type { DecisionContext } from '../account/context.ts';
import { entitlementInForce } from '../account/entitlement.ts';
import type { Standing } from '../account/standing.ts';
import type { AccountState } from '../account/state.ts';
import type { Decided } from '../allowance/admission.ts';
import type { ReviewId } from '../ids.ts';
import { withoutEvidence } from './evidence.ts';

export type ReviewDecision = {
  /** Null: whichever review is open, as in a signal typed by hand. */
  readonly reviewId: ReviewId | null;
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly note: string;
  /** Unique per act: a repeated signal or request is the same act. */
  readonly key: string;
};

export type ReviewAnswer =
  | {
      readonly outcome: 'decided';
      readonly standing: Standing;
      readonly reviewId: ReviewId;
      readonly command: number;
    }
  | NothingDecided;

export type NothingDecided = {
  readonly outcome: 'unchanged';
  readonly standing: Standing;
  readonly reason: 'no_review' | 'other_review' | 'already_rejected';
};

/** A person's word on a flagged account. Approval also undoes a rejection; nothing else can change a decided review. */
export function decideReview(
  before: AccountState,
  decision: ReviewDecision,
  context: DecisionContext,
): Decided<ReviewAnswer> {
  const state = bringUpToDate(before, context);
  const { standing, reviewId } = entitlementInForce(state);
  const unchanged = (reason: NothingDecided['reason']): Decided<ReviewAnswer> => ({
    state,
    answer: { outcome: 'unchanged', standing, reason },
  });
  if (reviewId === null) return unchanged('no_review');
  if (decision.reviewId !== null && decision.reviewId !== reviewId) return unchanged('other_review');
  if (decision.decision === 'reject' && standing === 'suspended') return unchanged('already_rejected');
  const issued = issueCommand(state, {
    key: decision.key,
    kind: decision.decision,
    reviewId,
    by: decision.by,
    note: decision.note,
    at: context.now,
  });
  // Evidence that a person has judged does not count a second time.
  const next = decision.decision === 'approve' ? withoutEvidence(issued) : issued;
  return {
    state: next,
    answer: {
      outcome: 'decided',
      standing: entitlementInForce(next).standing,
      reviewId,
      command: next.account.lastCommand,
    },
  };
}

import type { Standing } from '../account/standing.ts';
import type { RiskSignal } from '../account/state.ts';
import type { ReviewId } from '../ids.ts';
import { type Instant, type Milliseconds, after } from '../instant.ts';

/** A review that waits for a person, as the ledger tells it to the account's workflow. */
export type OpenReview = {
  readonly id: ReviewId;
  readonly openedAt: Instant;
  /** When a person should have decided; a re-check that keeps the account where it stands moves it. */
  readonly dueAt: Instant;
  /** How long after that it is escalated, and what becomes of it then. */
  readonly escalateAfter: Milliseconds;
  readonly afterwards: 'keep_and_recheck';
  readonly score: number;
  readonly signals: readonly RiskSignal[];
};

/** A review that is due, or was not decided in time, on its way to the app. */
export type ReviewNotice = {
  readonly review: OpenReview;
  readonly standing: Standing;
  readonly event: 'due' | 'escalated';
};

/** What has been done about one due date of a review. */
export type ReviewProgress = {
  readonly reviewId: ReviewId;
  readonly dueAt: Instant;
  readonly reminded: boolean;
  readonly escalated: boolean;
};

/** What is owed to a review that nobody decides, in this order for each due date. */
export type ReviewDuty = 'remind' | 'escalate' | 'recheck';

const progressOn = (review: OpenReview, known: ReviewProgress | null): ReviewProgress =>
  known?.reviewId === review.id && known.dueAt === review.dueAt
    ? known
    : { reviewId: review.id, dueAt: review.dueAt, reminded: false, escalated: false };

/** The next duty and its instant. */
export function nextReviewDuty(
  review: OpenReview,
  known: ReviewProgress | null,
): { readonly duty: ReviewDuty; readonly at: Instant } {
  const { reminded, escalated } = progressOn(review, known);
  if (!reminded) return { duty: 'remind', at: review.dueAt };
  const overdue = after(review.dueAt, review.escalateAfter);
  return { duty: escalated ? 'recheck' : 'escalate', at: overdue };
}

export function withDutyDone(
  review: OpenReview,
  known: ReviewProgress | null,
  duty: Exclude<ReviewDuty, 'recheck'>,
): ReviewProgress {
  const progress = progressOn(review, known);
  return duty === 'remind'
    ? { ...progress, reminded: true }
    : { ...progress, reminded: true, escalated: true };
}

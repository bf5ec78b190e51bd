import type { AppId, UserId } from '../domain/ids.ts';
import { evidenceOf } from '../domain/risk/evidence.ts';
import type { ReviewNotice } from '../domain/risk/open-review.ts';
import { type WebhookMessage, messageId } from './webhook-message.ts';

type OfAccount = { readonly appId: AppId; readonly userId: UserId };

const inTime = (at: number): string => new Date(at).toISOString();

/** A review that is due, or was not decided in time: once for each due date and event. */
export function reviewMessage(
  { appId, userId }: OfAccount,
  { review, standing, event }: ReviewNotice,
): WebhookMessage {
  const type = `review.${event}` as const;
  const noticeId = `review-${event}-${review.id}-${review.dueAt}`;
  return {
    id: messageId(appId, userId, noticeId),
    noticeId,
    event: type,
    payload: {
      type,
      data: {
        review: review.id,
        user: userId,
        standing,
        score: review.score,
        evidence: evidenceOf(review),
        opened_at: inTime(review.openedAt),
        due_at: inTime(review.dueAt),
      },
    },
  };
}

import type { Standing } from '../domain/account/standing.ts';
import type { AppId, UserId } from '../domain/ids.ts';
import type { OpenReview } from '../domain/risk/open-review.ts';
import { type WebhookMessage, messageId } from './webhook-message.ts';

export type ReviewNotice = {
  readonly appId: AppId;
  readonly userId: UserId;
  readonly review: OpenReview;
  readonly standing: Standing;
  readonly event: 'due' | 'escalated';
};

const inTime = (at: number): string => new Date(at).toISOString();

/** A review that is due, or was not decided in time: once for each due date and event. */
export function reviewMessage({ appId, userId, review, standing, event }: ReviewNotice): WebhookMessage {
  const noticeId = `review-${event}-${review.id}-${review.dueAt}`;
  return {
    id: messageId(appId, userId, noticeId),
    noticeId,
    payload: {
      type: `review.${event}`,
      data: {
        review: review.id,
        user: userId,
        standing,
        score: review.score,
        evidence: review.signals.map(({ name, points, detail }) => ({ signal: name, points, detail })),
        opened_at: inTime(review.openedAt),
        due_at: inTime(review.dueAt),
      },
    },
  };
}

import type { AppId, UserId } from '../domain/ids.ts';
import { type Notice, noticeId } from '../domain/notice/notice.ts';
import type { WebhookEvent } from '../domain/webhook/events.ts';
import type { PeriodTotals } from '../domain/totals.ts';

/** A message is the same however often it is made: its id is made of whom and what it is about. */
export const messageId = (app: AppId, user: UserId, notice: string): string =>
  `msg_${Buffer.from(`${app}/${user}/${notice}`).toString('base64url')}`;

export type WebhookMessage = {
  readonly id: string;
  readonly noticeId: string;
  readonly event: WebhookEvent;
  readonly payload: unknown;
};

/**
 * What an app's endpoint receives. The id is made of account and notice: an endpoint that keeps the ids it has seen
 * takes each once, whatever is repeated on the way. No dollars: law 7.
 */
export function webhookMessage(
  { appId, userId }: { readonly appId: AppId; readonly userId: UserId },
  notice: Notice,
  period: PeriodTotals,
  text: string,
): WebhookMessage {
  const id = noticeId(notice);
  const event = `allowance.${notice.kind}` as const;
  return {
    id: messageId(appId, userId, id),
    noticeId: id,
    event,
    payload: {
      type: event,
      data: {
        user: userId,
        notice: id,
        ...(notice.kind === 'nudge' ? { threshold: notice.threshold } : {}),
        period: notice.period,
        text,
        sessions: { used: period.sessionsUsed, limit: period.sessionsLimit },
        resets_at: new Date(period.endsAt).toISOString(),
      },
    },
  };
}

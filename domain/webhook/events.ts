/** What an app can be told of. `review.escalated` is only for who asks for it by name: it is meant for a second address. */
export const webhookEvents = [
  'allowance.nudge',
  'allowance.reset',
  'allowance.reset_soon',
  'review.due',
  'review.escalated',
] as const;

export type WebhookEvent = (typeof webhookEvents)[number];

export const usualEvents: readonly WebhookEvent[] = webhookEvents.filter(
  (event) => event !== 'review.escalated',
);

import type { Logger } from 'pino';
import { type WebhookOutcome, postWebhook } from '../delivery/post-webhook.ts';
import { type Delivery, claimDeliveries, finishDelivery, retryDelivery } from '../ledger/deliveries.ts';
import type { Queryable } from '../ledger/pool.ts';

/** Waits between attempts, as Standard Webhooks advises; after a day a message is given up. */
const delaysMs = [5_000, 30_000, 120_000, 600_000, 1_800_000, 7_200_000, 14_400_000, 21_600_000];
const givenUpAfterMs = 24 * 60 * 60 * 1000;
const batch = 20;

/** Up to a fifth more or less, so that what failed together does not come back together. */
const spread = (delayMs: number): number => Math.round(delayMs * (0.8 + 0.4 * Math.random()));

const delayAfter = (attempt: number): number =>
  spread(delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? 5_000);

async function attemptDelivery(delivery: Delivery): Promise<WebhookOutcome> {
  const { url, secret } = delivery;
  if (url === null || secret === null) return { kind: 'never', error: 'the app has no endpoint any more' };
  const { id, payload } = delivery;
  return postWebhook({ id, payload, url, secret, requireTls: delivery.mode === 'live' });
}

async function settle(
  db: Queryable,
  delivery: Delivery,
  outcome: WebhookOutcome,
  log: Logger,
): Promise<void> {
  const context = { delivery: delivery.id, app: delivery.appId, attempt: delivery.attempt };
  switch (outcome.kind) {
    case 'delivered':
      return finishDelivery(db, delivery.id, { status: 'delivered', error: null });
    case 'never':
      log.warn({ ...context, error: outcome.error }, 'webhook given up');
      return finishDelivery(db, delivery.id, { status: 'failed', error: outcome.error });
    case 'again': {
      const delayMs = outcome.retryAfterMs ?? delayAfter(delivery.attempt);
      if (delivery.ageMs + delayMs > givenUpAfterMs) {
        log.warn({ ...context, error: outcome.error }, 'webhook given up after a day');
        return finishDelivery(db, delivery.id, { status: 'failed', error: outcome.error });
      }
      log.info({ ...context, error: outcome.error, delayMs }, 'webhook is tried again');
      return retryDelivery(db, delivery.id, { delayMs, error: outcome.error });
    }
    default:
      return outcome satisfies never;
  }
}

/** Sends what is due, a batch at a time; answers how many were sent. A slow endpoint holds up nobody but its batch. */
export async function dispatchDue(db: Queryable, log: Logger): Promise<number> {
  const due = await claimDeliveries(db, batch);
  await Promise.all(due.map(async (delivery) => settle(db, delivery, await attemptDelivery(delivery), log)));
  return due.length;
}

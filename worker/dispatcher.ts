import { SpanKind } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { DeliveryOutcome } from '../delivery/outcome.ts';
import { postWebhook } from '../delivery/post-webhook.ts';
import { failuresBeforePause, nextAttemptIn, pauseAfter } from '../domain/webhook/attempts.ts';
import { type DueDelivery, claimWebhooks, finishDelivery, retryDelivery } from '../ledger/deliveries.ts';
import type { Queryable } from '../ledger/pool.ts';
import type { SecretKeys } from '../ledger/secret-keys.ts';
import { inSpan } from '../tracing/spans.ts';
import { disableEndpoint, noteAttempt, pauseEndpoint } from '../ledger/webhook-endpoints.ts';

export type DispatcherOptions = {
  readonly db: Queryable;
  readonly openSecret: SecretKeys['open'];
  readonly log: Logger;
  /** Messages under way at once, and of one endpoint: the share of everybody's room that one that hangs can take. */
  readonly most?: number;
  readonly mostOfTarget?: number;
  /** Told of every attempt that is over. */
  readonly onAttempt?: (outcome: DeliveryOutcome['kind'], delivery: DueDelivery) => void;
};

const usualMost = 256;
const usualOfTarget = 8;

/**
 * Sends what is due. It never waits for an endpoint before it looks for more: what hangs keeps its own few places and nobody
 * else's. It keeps nothing that could be lost: a claim runs out, and the message is sent again under its id.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #underWay = new Map<string, number>();
  readonly #attempts = new Set<Promise<void>>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Claims what is due and begins to send it; answers how many. */
  async dispatchDue(): Promise<number> {
    const { db, openSecret, most = usualMost, mostOfTarget = usualOfTarget } = this.#options;
    const room = most - this.#attempts.size;
    if (room <= 0) return 0;
    const due = await claimWebhooks(db, openSecret, this.#underWay, {
      most: room,
      mostOfTarget,
      failuresBeforeCare: failuresBeforePause,
    });
    for (const delivery of due) this.#begin(delivery);
    return due.length;
  }

  /** Once everything that was begun is over and written down. */
  async drained(): Promise<void> {
    while (this.#attempts.size > 0) await Promise.all(this.#attempts);
  }

  #begin(delivery: DueDelivery): void {
    const { target } = delivery;
    this.#underWay.set(target, (this.#underWay.get(target) ?? 0) + 1);
    const attempt = this.#attempt(delivery).finally(() => {
      const left = (this.#underWay.get(target) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(target);
      else this.#underWay.set(target, left);
      this.#attempts.delete(attempt);
    });
    this.#attempts.add(attempt);
  }

  async #attempt(delivery: DueDelivery): Promise<void> {
    const { log, onAttempt } = this.#options;
    try {
      const outcome = await inSpan(
        'deliver webhook',
        {
          kind: SpanKind.PRODUCER,
          parent: delivery.traceparent,
          attributes: { 'stipend.attempt': delivery.attempt },
        },
        () => postWebhook({ ...delivery, id: delivery.messageId }),
      );
      await this.#settle(delivery, outcome);
      onAttempt?.(outcome.kind, delivery);
    } catch (error) {
      log.error(
        { err: error, delivery: delivery.id },
        'what became of a message could not be written down; it is sent again',
      );
    }
  }

  async #settle(delivery: DueDelivery, outcome: DeliveryOutcome): Promise<void> {
    const { db, log } = this.#options;
    const context = { delivery: delivery.id, app: delivery.appId, attempt: delivery.attempt };
    switch (outcome.kind) {
      case 'delivered':
        await finishDelivery(db, delivery.id, { status: 'delivered', error: null });
        await noteAttempt(db, delivery.target, true);
        return;
      case 'never':
        log.warn({ ...context, error: outcome.error }, 'webhook given up');
        await finishDelivery(db, delivery.id, { status: 'failed', error: outcome.error });
        if (outcome.gone === true) await disableEndpoint(db, delivery.target);
        return;
      case 'again':
        await this.#tryAgain(delivery, outcome);
        return;
      default:
        return outcome satisfies never;
    }
  }

  async #tryAgain(
    delivery: DueDelivery,
    { error, retryAfterMs }: Extract<DeliveryOutcome, { kind: 'again' }>,
  ): Promise<void> {
    const { db, log } = this.#options;
    const context = { delivery: delivery.id, app: delivery.appId, attempt: delivery.attempt, error };
    const attempted = { attempt: delivery.attempt, age: delivery.ageMs, retryAfter: retryAfterMs };
    const delayMs = nextAttemptIn(attempted, Math.random());
    if (delayMs === null) {
      log.warn(context, 'webhook given up after a day');
      await finishDelivery(db, delivery.id, { status: 'failed', error });
    } else {
      log.info({ ...context, delayMs }, 'webhook is tried again');
      await retryDelivery(db, delivery.id, { delayMs, error });
    }
    const pauseMs = pauseAfter(await noteAttempt(db, delivery.target, false));
    if (pauseMs !== null) await pauseEndpoint(db, delivery.target, pauseMs);
  }
}

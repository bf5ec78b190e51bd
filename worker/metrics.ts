import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { DeliveryOutcome } from '../delivery/outcome.ts';
import type { MailOutcome } from '../delivery/email/smtp-outcome.ts';
import type { Queryable } from '../ledger/pool.ts';
import { gaugesOfLedger } from './ledger-gauges.ts';
import type { Outcome } from './relay.ts';

export type WorkerMetrics = {
  readonly registry: Registry;
  readonly countSent: (outcome: Outcome) => void;
  readonly countAttempt: (attempt: AttemptOver) => void;
  /** @param seconds from the crossing of a step of the ladder until its notice stood in the inbox */
  readonly observeNudge: (seconds: number) => void;
};

type AttemptOver = {
  readonly channel: 'webhook' | 'email';
  readonly outcome: DeliveryOutcome['kind'] | MailOutcome['kind'];
  readonly ageSeconds: number;
};

export function createMetrics(db: Queryable): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const sent = new Counter({
    name: 'stipend_relay_sent_total',
    help: 'Totals offered to Temporal, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const attempts = new Counter({
    name: 'stipend_delivery_attempts_total',
    help: 'Attempts to deliver a message, by what became of them.',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
  });
  const latency = new Histogram({
    name: 'stipend_delivery_seconds',
    help: 'From when a message was decided until it arrived.',
    labelNames: ['channel'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 86_400],
    registers: [registry],
  });
  // There from the start: where they are not, no worker is scraped.
  for (const channel of ['webhook', 'email']) latency.zero({ channel });
  const nudges = new Histogram({
    name: 'stipend_nudge_seconds',
    help: "From when a step of the ladder was crossed until its notice stood in the inbox, on the app's clock.",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600],
    registers: [registry],
  });
  gaugesOfLedger(db, [registry]);
  return {
    registry,
    countSent: (outcome) => sent.inc({ outcome }),
    countAttempt: ({ channel, outcome, ageSeconds }) => {
      attempts.inc({ channel, outcome });
      if (outcome === 'delivered') latency.observe({ channel }, ageSeconds);
    },
    observeNudge: (seconds) => nudges.observe(seconds),
  };
}

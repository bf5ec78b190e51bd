import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { DeliveryOutcome } from '../delivery/outcome.ts';
import { operationalState } from '../ledger/operational-state.ts';
import { outboxState } from '../ledger/outbox.ts';
import type { Queryable } from '../ledger/pool.ts';
import { lastReconciliation } from '../ledger/reconciliations.ts';
import type { Outcome } from './relay.ts';

export type WorkerMetrics = {
  readonly registry: Registry;
  readonly countSent: (outcome: Outcome) => void;
  readonly countAttempt: (outcome: DeliveryOutcome['kind'], ageSeconds: number) => void;
};

function gaugesOfOutbox(db: Queryable, registers: Registry[]): void {
  const outbox = new Gauge({
    name: 'stipend_outbox_accounts',
    help: 'Accounts with something to tell their workflow: outstanding, or set aside after a refusal (alarm above 0).',
    labelNames: ['state'],
    registers,
    collect: async () => {
      const state = await outboxState(db);
      outbox.set({ state: 'outstanding' }, state.outstanding);
      outbox.set({ state: 'set_aside' }, state.setAside);
      oldest.set(state.oldestSeconds);
    },
  });
  const oldest = new Gauge({
    name: 'stipend_outbox_oldest_seconds',
    help: 'Age of the oldest thing told and not acknowledged.',
    registers,
  });
}

function gaugesOfReconciler(db: Queryable, registers: Registry[]): void {
  const reconciled = new Gauge({
    name: 'stipend_reconciled_accounts',
    help: 'What the last finished look at every workflow found: accounts, and those mended, by what was wrong.',
    labelNames: ['verdict'],
    registers,
    collect: async () => {
      const last = await lastReconciliation(db);
      if (last === null) return;
      const { ageSeconds, ...counts } = last;
      for (const [verdict, accounts] of Object.entries(counts)) reconciled.set({ verdict }, accounts);
      age.set(ageSeconds);
    },
  });
  const age = new Gauge({
    name: 'stipend_reconciled_age_seconds',
    help: 'How long ago that look was finished; it is made every hour.',
    registers,
  });
}

function gaugesOfWaiting(db: Queryable, registers: Registry[]): void {
  const pending = new Gauge({
    name: 'stipend_deliveries_pending',
    help: 'Messages that have not arrived and are not given up.',
    registers,
    collect: async () => {
      const { deliveries, reviews } = await operationalState(db);
      pending.set(deliveries.pending);
      oldest.set(deliveries.oldestDueSeconds);
      open.set({ state: 'open' }, reviews.open);
      open.set({ state: 'overdue' }, reviews.overdue);
    },
  });
  const oldest = new Gauge({
    name: 'stipend_deliveries_oldest_due_seconds',
    help: 'For how long the oldest message has been due; those of endpoints that are left alone apart.',
    registers,
  });
  const open = new Gauge({
    name: 'stipend_reviews',
    help: 'Reviews that wait for a person, and those of them that are overdue.',
    labelNames: ['state'],
    registers,
  });
}

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
    labelNames: ['outcome'],
    registers: [registry],
  });
  const latency = new Histogram({
    name: 'stipend_delivery_seconds',
    help: 'From when a message was decided until it arrived.',
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 86_400],
    registers: [registry],
  });
  gaugesOfOutbox(db, [registry]);
  gaugesOfReconciler(db, [registry]);
  gaugesOfWaiting(db, [registry]);
  return {
    registry,
    countSent: (outcome) => sent.inc({ outcome }),
    countAttempt: (outcome, ageSeconds) => {
      attempts.inc({ outcome });
      if (outcome === 'delivered') latency.observe(ageSeconds);
    },
  };
}

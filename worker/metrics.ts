import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { Queryable } from '../ledger/pool.ts';
import { outboxState } from '../ledger/outbox.ts';
import { lastReconciliation } from '../ledger/reconciliations.ts';
import type { Outcome } from './relay.ts';

export type WorkerMetrics = {
  readonly registry: Registry;
  readonly countSent: (outcome: Outcome) => void;
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
  const outbox = new Gauge({
    name: 'stipend_outbox_accounts',
    help: 'Accounts with something to tell their workflow: outstanding, or set aside after a refusal (alarm above 0).',
    labelNames: ['state'],
    registers: [registry],
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
    registers: [registry],
  });
  const reconciled = new Gauge({
    name: 'stipend_reconciled_accounts',
    help: 'What the last finished look at every workflow found: accounts, and those mended, by what was wrong.',
    labelNames: ['verdict'],
    registers: [registry],
    collect: async () => {
      const last = await lastReconciliation(db);
      if (last === null) return;
      const { ageSeconds, ...counts } = last;
      for (const [verdict, accounts] of Object.entries(counts)) reconciled.set({ verdict }, accounts);
      reconciledAge.set(ageSeconds);
    },
  });
  const reconciledAge = new Gauge({
    name: 'stipend_reconciled_age_seconds',
    help: 'How long ago that look was finished; it is made every hour.',
    registers: [registry],
  });
  return { registry, countSent: (outcome) => sent.inc({ outcome }) };
}

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { outboxState } from '../ledger/outbox.ts';
import type { Queryable } from '../ledger/pool.ts';

export type ApiMetrics = {
  readonly registry: Registry;
  readonly observeRequest: (method: string, route: string, status: number, seconds: number) => void;
  readonly countAdmission: (outcome: string, limitedBy: string | null) => void;
};

export function createMetrics(db: Queryable): ApiMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'stipend_http_request_seconds',
    help: 'Time to answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  const admissions = new Counter({
    name: 'stipend_admissions_total',
    help: 'Sessions asked for, by outcome and the limit that refused them.',
    labelNames: ['outcome', 'limited_by'],
    registers: [registry],
  });
  const outstanding = new Gauge({
    name: 'stipend_outbox_outstanding',
    help: 'Accounts whose workflow has not acknowledged the newest totals.',
    registers: [registry],
    collect: async () => {
      const state = await outboxState(db);
      outstanding.set(state.outstanding);
    },
  });
  return {
    registry,
    observeRequest: (method, route, status, seconds) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    countAdmission: (outcome, limitedBy) => admissions.inc({ outcome, limited_by: limitedBy ?? '' }),
  };
}

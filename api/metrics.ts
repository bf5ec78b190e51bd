import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { MicroUsd } from '../domain/money.ts';
import { askInTime, sharedLook } from '../ledger/ask-in-time.ts';
import { outboxState } from '../ledger/outbox.ts';
import type { Queryable } from '../ledger/pool.ts';

export type ApiMetrics = {
  readonly registry: Registry;
  readonly observeRequest: (method: string, route: string, status: number, seconds: number) => void;
  readonly countAdmission: (outcome: string, limitedBy: string | null) => void;
  readonly countAuthorization: (outcome: string) => void;
  readonly countOvershoot: (amount: MicroUsd) => void;
  /** @param count how many streams this process holds open */
  readonly watchStreams: (count: () => number) => void;
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
  // As many as routes have statuses; looking a series up by its labels costs more than counting in it.
  const series = new Map<string, ReturnType<typeof requests.labels>>();
  const admissions = new Counter({
    name: 'stipend_admissions_total',
    help: 'Sessions asked for, by outcome and the limit that refused them.',
    labelNames: ['outcome', 'limited_by'],
    registers: [registry],
  });
  const authorizations = new Counter({
    name: 'stipend_authorizations_total',
    help: 'Calls to be authorized, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const overshoot = new Counter({
    name: 'stipend_overshoot_micro_usd_total',
    help: 'Usage beyond the holds of its sessions, in micro-dollars: calls that no authorization covered.',
    registers: [registry],
  });
  const collect = sharedLook(async () => {
    const state = await askInTime(outboxState(db));
    up.set(state === null ? 0 : 1);
    if (state === null) outstanding.remove();
    else outstanding.set(state.outstanding);
  });
  const outstanding = new Gauge({
    name: 'stipend_outbox_outstanding',
    help: 'Accounts whose workflow has not acknowledged the newest totals.',
    registers: [registry],
    collect,
  });
  const up = new Gauge({
    name: 'stipend_ledger_up',
    help: 'Whether Postgres answered this process when it was asked for these metrics.',
    registers: [registry],
    collect,
  });
  return {
    registry,
    observeRequest: (method, route, status, seconds) => {
      const name = `${method} ${route} ${status}`;
      const known = series.get(name) ?? requests.labels({ method, route, status: String(status) });
      series.set(name, known);
      known.observe(seconds);
    },
    countAuthorization: (outcome) => authorizations.inc({ outcome }),
    countOvershoot: (amount) => overshoot.inc(amount),
    watchStreams: (count) => {
      const streams: Gauge = new Gauge({
        name: 'stipend_inbox_streams',
        help: 'Inbox streams that this process holds open.',
        registers: [registry],
        collect: (): void => streams.set(count()),
      });
    },
    countAdmission: (outcome, limitedBy) => admissions.inc({ outcome, limited_by: limitedBy ?? '' }),
  };
}

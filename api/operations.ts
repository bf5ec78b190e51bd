import { Router } from 'express';
import { pendingMigrations } from '../ledger/migrate.ts';
import type { Queryable } from '../ledger/pool.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { ApiMetrics } from './metrics.ts';

/** Why this process should be sent no requests now, null where it should. */
async function unready(db: Queryable, lifecycle: Lifecycle): Promise<string | null> {
  if (lifecycle.isDraining()) return 'it is stopping';
  try {
    const pending = await pendingMigrations(db);
    return pending.length === 0 ? null : `migrations are missing: ${pending.join(', ')}`;
  } catch {
    return 'the ledger does not answer';
  }
}

/**
 * Probes and metrics, without a key: put them behind the network that may see them. `/healthz` says that the process lives,
 * `/readyz` that it can decide: Postgres answers, has every migration, and nobody has asked it to stop. Temporal is not
 * asked: sessions are admitted without it.
 */
export function createOperations(db: Queryable, metrics: ApiMetrics, lifecycle: Lifecycle): Router {
  const operations = Router();
  operations.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' });
  });
  operations.get('/readyz', async (_request, response) => {
    const reason = await unready(db, lifecycle);
    if (reason === null) response.json({ status: 'ready' });
    else response.status(503).set('retry-after', '1').json({ status: 'unready', reason });
  });
  operations.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  return operations;
}

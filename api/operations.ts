import { Router } from 'express';
import type { ApiMetrics } from './metrics.ts';
import { Problem } from './problems/problem.ts';
import type { Queryable } from '../ledger/pool.ts';

/** Probes and metrics, without a key: put them behind the network that may see them. */
export function createOperations(db: Queryable, metrics: ApiMetrics): Router {
  const operations = Router();
  operations.get('/healthz', (_request, response) => {
    response.json({ status: 'alive' });
  });
  operations.get('/readyz', async (_request, response) => {
    try {
      await db.query('select 1');
    } catch {
      throw new Problem('unavailable', 'The ledger does not answer.', { headers: { 'retry-after': '1' } });
    }
    response.json({ status: 'ready' });
  });
  operations.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  return operations;
}

import type { Pool } from 'pg';
import { createPolicyCache, type PolicyCache } from './policies.ts';
import { createPool, type PoolOptions } from './pool.ts';

/** The ledger as its users hold it: connections, and the policies that were read. */
export type Ledger = { readonly pool: Pool; readonly policies: PolicyCache };

const ledgerOn = (pool: Pool): Ledger => ({ pool, policies: createPolicyCache(pool) });

export const openLedger = (databaseUrl: string, options?: PoolOptions): Ledger =>
  ledgerOn(createPool(databaseUrl, options));

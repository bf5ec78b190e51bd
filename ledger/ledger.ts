import type { Pool } from 'pg';
import { AccountQueue, type QueueOptions, usualQueue } from './account-queue.ts';
import { createPolicyCache, type PolicyCache } from './policies.ts';
import { type PoolOptions, createPool } from './pool.ts';
import { type SecretKeys, createSecretKeys } from './secret-keys.ts';

/** The ledger as its users hold it: connections, the policies that were read, and the queue that writes accounts. */
export type Ledger = {
  readonly pool: Pool;
  readonly policies: PolicyCache;
  readonly queue: AccountQueue;
  readonly secrets: SecretKeys;
  readonly close: () => Promise<void>;
};

/** Account statements look up by key whatever the statistics say, and are planned once. */
const accountSettings =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';

export function openLedger(
  databaseUrl: string,
  options: PoolOptions & {
    readonly queue?: Partial<QueueOptions>;
    readonly secretKeys?: readonly Buffer[];
  } = {},
): Ledger {
  const { secretKeys = [], queue: changed, ...poolOptions } = options;
  const queue = { ...usualQueue, ...changed };
  const pool = createPool(databaseUrl, poolOptions);
  const policies = createPolicyCache(pool);
  // Accounts are written on connections of their own: a slow report cannot hold up an admission.
  const lanes = createPool(databaseUrl, {
    ...poolOptions,
    max: queue.lanes + queue.batchLanes + queue.readLanes,
    settings: accountSettings,
    lockTimeoutMs: 250,
  });
  return {
    pool,
    policies,
    queue: new AccountQueue(lanes, policies, queue),
    secrets: createSecretKeys(secretKeys),
    close: async () => {
      await Promise.all([pool.end(), lanes.end()]);
    },
  };
}

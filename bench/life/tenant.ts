import type { Pool } from 'pg';
import { createApp } from '../../ledger/apps.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { copyAccounts } from '../accounts.ts';
import type { LoadGenerator } from '../load/generator.ts';
import { benchPolicy } from '../policy.ts';
import { useAndEnd } from './use-and-end.ts';

type Plan = 'roomy' | 'short';

/** A sandbox app, and so a test clock of its own. */
export type Tenant = {
  readonly key: string;
  readonly call: (method: string, path: string, body: unknown) => Promise<{ readonly status: number }>;
  /** Copies of a registered user of that plan. */
  readonly addAccounts: (plan: Plan, prefix: string, count: number) => Promise<void>;
  /** A session of each user, used and ended: one that nothing is used in is given back. */
  readonly sessionsOfAll: (prefix: string, count: number) => Promise<void>;
};

/** Sessions started for users of a crowd. */
const startsOf = (prefix: string, count: number) => ({
  kind: 'start' as const,
  before: '/v1/users/',
  after: '/sessions',
  prefix,
  count,
});

type Around = { readonly db: Pool; readonly apiPort: number; readonly generator: LoadGenerator };

export async function createTenant(appId: string, { db, apiPort, generator }: Around): Promise<Tenant> {
  await createApp(db, { appId, name: appId, mode: 'sandbox', policy: benchPolicy });
  const { secret: key } = await issueApiKey(db, { appId, mode: 'sandbox', scopes: ['app'] });
  const call: Tenant['call'] = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${apiPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    return { status: response.status };
  };
  // Accounts are copied by the user's name alone, so it says whose it is.
  const modelOf = (plan: Plan): string => `${appId}-${plan}`;
  for (const plan of ['roomy', 'short'] as const)
    await call('PUT', `/v1/users/${modelOf(plan)}`, { plan, time_zone: 'UTC', locale: 'en' });
  return {
    key,
    call,
    addAccounts: (plan, prefix, count) => copyAccounts(db, modelOf(plan), { prefix, from: 0, to: count }),
    sessionsOfAll: async (prefix, count) => {
      const started = await generator.run({
        port: apiPort,
        key,
        connections: 16,
        seed: 1,
        seconds: null,
        pace: { kind: 'closed' },
        traffic: { ...startsOf(prefix, count), spread: 'each-once' },
      });
      if (started.statuses['201'] !== count)
        throw new Error(`of ${count} sessions came ${JSON.stringify(started.statuses)}`);
      await useAndEnd(db, prefix, (path, body) => call('POST', path, body));
    },
  };
}

import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createApi } from '../../api/app.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { eraseAccount } from '../../ledger/erase-account.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { createApp } from '../../ledger/apps.ts';
import { appId, userId } from '../../domain/ids.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import { migrate } from '../../ledger/migrate.ts';
import { storeNudges } from '../../ledger/nudges.ts';
import { type Reply, quiet, request } from '../setup/product.ts';
import { testSecretKeys } from '../setup/secret-keys.ts';

/** The script itself, on names of its own: roles belong to the whole server. */
const script = readFileSync(new URL('../../deploy/postgres-roles.sh', import.meta.url), 'utf8');
const [, statements = ''] = /<<'SQL'\n([\s\S]*)SQL/.exec(script) ?? [];
const name = `roles_${crypto.randomUUID().slice(0, 8)}`;
const sql = statements
  .replaceAll(":'password'", "'secret'")
  .replaceAll(/\bstipend\b/g, name)
  .replaceAll('stipend_owner', `${name}_owner`);
const [onServer = '', onDatabase = ''] = sql.split(/^\\connect.*$/m);

const urlOf = (user: string, password: string, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${inject('postgresPort')}/${database}`;

async function run(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // One by one: a database is not made inside a transaction.
    for (const statement of text.split(';').filter((one) => one.trim() !== '')) await client.query(statement);
  } finally {
    await client.end();
  }
}

let ledger: Ledger;
let call: (method: string, path: string, body?: unknown, key?: string) => Promise<Reply>;
let stop: () => Promise<void>;
let adminKey: string;

beforeAll(async () => {
  await run(urlOf('postgres', 'stipend', 'postgres'), onServer);
  await run(urlOf('postgres', 'stipend', name), onDatabase);
  await migrate(urlOf(`${name}_owner`, 'secret', name));
  ledger = openLedger(urlOf(name, 'secret', name), { max: 4, secretKeys: testSecretKeys });
  await createApp(ledger.pool, { appId: 'app', name: 'App', mode: 'sandbox', policy: referencePolicy });
  const { secret } = await issueApiKey(ledger.pool, {
    appId: 'app',
    mode: 'sandbox',
    scopes: ['app', 'growth'],
  });
  adminKey = (await issueApiKey(ledger.pool, { appId: null, mode: 'live', scopes: ['admin'] })).secret;
  const workflows = { decide: () => Promise.resolve(null) };
  const server = createApi({ ledger, workflows, log: quiet }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  call = (method, path, body, key = secret) => request(url + path, method, key, body);
  stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await ledger.close();
  };
});
afterAll(async () => {
  await stop();
  await run(
    urlOf('postgres', 'stipend', 'postgres'),
    `drop database ${name} with (force); drop role ${name}; drop role ${name}_owner`,
  );
});

test('the role of API and worker does all that they do', async () => {
  expect((await call('GET', '/readyz')).status).toBe(200);
  const { body, status } = await call('POST', '/v1/users/ada/sessions');
  expect(status).toBe(201);
  const path = `/v1/sessions/${body.session.id}`;
  expect((await call('POST', `${path}/usage`, { id: 'e1', cost_usd: 0.05 })).status).toBe(200);
  expect((await call('POST', `${path}/end`)).status).toBe(200);
  expect((await call('POST', '/v1/users/ada/grants', { sessions: 1, reason: 'a start' })).status).toBe(201);
  expect((await call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/' })).status).toBe(201);
  const ada = { appId: appId('app'), userId: userId('ada') };
  await storeNudges(ledger.pool, ada, {
    nudges: [],
    arm: null,
    accounted: [],
    notice: { id: 'n', kind: 'nudge', threshold: 70, period: 1, text: 'text' },
  });
  expect((await call('GET', '/v1/users/ada/inbox')).body.notices).toHaveLength(1);
  expect((await call('GET', '/v1/users/ada/timeline')).status).toBe(200);
  expect((await call('GET', '/v1/audit')).body.entries.length).toBeGreaterThan(1);
  expect((await call('DELETE', '/v1/users/ada?app=app', undefined, adminKey)).status).toBeLessThan(300);
  expect(await eraseAccount(ledger, ada)).toBe(true);
});

test.each([
  'create table t (x int)',
  'drop table usage_events',
  'alter table accounts add column x int',
  'truncate usage_events',
  'create schema s',
  'create role r',
  'create function f() returns int language sql as $$ select 1 $$',
  `alter role ${name} superuser`,
  "copy usage_events to '/tmp/x'",
])('and may not: %s', async (statement) => {
  await expect(ledger.pool.query(statement)).rejects.toThrow(
    /permission denied|must be owner|must be superuser|no privileges/,
  );
});

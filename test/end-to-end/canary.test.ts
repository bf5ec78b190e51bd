import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { Client, Connection } from '@temporalio/client';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { type MailServer, startMailServer } from '../setup/mail-server.ts';
import { request } from '../setup/product.ts';
import { testSecretKey } from '../setup/secret-keys.ts';
import { killPrograms, startProgram } from './children.ts';

let database: TestDatabase;
let mails: MailServer;
const app = `canary-${crypto.randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  database = await createTestDatabase();
  const channels = { ...referencePolicy.channels, email: { enabled: true } };
  await database.createApp(app, { policy: { ...referencePolicy, channels } });
  mails = await startMailServer();
});
afterEach(killPrograms);
afterAll(async () => {
  await mails.stop();
  await database.drop();
});

/** Every row of every table, as a dump would hold it: binary columns in hexadecimal, as text and as base64. */
async function dump(): Promise<string> {
  const { pool } = database.ledger;
  const tables = await pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  );
  const rows = await Promise.all(
    tables.rows.map(({ name }) =>
      pool.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`),
    ),
  );
  return rows.flatMap((result) => result.rows.map(({ row }) => row)).join('\n');
}

/** Every event of every run of the app's workflows, payloads decoded. */
async function histories(client: Client): Promise<string> {
  const parts: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `App = '${app}'` })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const text = JSON.stringify(history, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    );
    parts.push(text);
  }
  return parts.join('\n');
}

test('no secret and no person stands in logs, histories or a dump', async () => {
  const temporalAddress = inject('temporalAddress');
  const around = {
    databaseUrl: database.url,
    temporalAddress,
    taskQueue: `test-${crypto.randomUUID()}`,
    bundlePath: inject('workflowBundlePath'),
    extra: {
      LOG_LEVEL: 'trace',
      SMTP_URL: mails.url.replace('://', '://mailer:smtp-canary-password@'),
      MAIL_FROM: 'Stipend <stipend@example.com>',
      STIPEND_PUBLIC_URL: 'http://127.0.0.1:8080',
    },
  };
  const [api, worker] = await Promise.all([startProgram('api', around), startProgram('worker', around)]);
  const { pool } = database.ledger;
  const issue = async (scope: 'app' | 'growth' | 'admin') =>
    (await issueApiKey(pool, { appId: scope === 'admin' ? null : app, mode: 'sandbox', scopes: [scope] }))
      .secret;
  const [key, growthKey, adminKey] = [await issue('app'), await issue('growth'), await issue('admin')];
  const call = (method: string, path: string, body?: unknown, as = key) =>
    request(`http://127.0.0.1:${api.port}${path}`, method, as, body);

  const email = 'canary.person@example.com';
  const ip = '203.0.113.77';
  await call('PUT', '/v1/users/canary-user', { email, registration: { ip, device: 'd', browser: 'b' } });
  const hook = await call('POST', '/v1/webhooks', { url: `http://127.0.0.1:${api.port}/nowhere` });
  const rotated = await call('POST', `/v1/webhooks/${hook.body.id}/rotate`, {});
  const token = (await call('POST', '/v1/users/canary-user/tokens', {})).body.token;
  const rotatedKey = await call('POST', `/v1/apps/${app}/keys`, { scopes: ['app'] }, adminKey);
  for (let number = 0; number < 9; number += 1) {
    const { body } = await call('POST', '/v1/users/canary-user/sessions', { client: { ip } });
    await call('POST', `/v1/sessions/${body.session.id}/usage`, { id: `e${number}`, cost_usd: 0.01 });
    await call('POST', `/v1/sessions/${body.session.id}/end`);
    if (number % 3 === 2) await call('POST', '/v1/test-clock/advance', { by: 'P1D' });
  }
  // Failures are logged most: a wrong key, a body that cannot be read, a webhook that answers 404.
  await request(`http://127.0.0.1:${api.port}/v1/users/canary-user/usage`, 'GET', `${key}x`);
  await call('POST', '/v1/users/canary-user/sessions', '{"half":');
  await call('GET', `/v1/users/canary-user/usage?access_token=${token}`, undefined, growthKey);
  await eventually(
    async () => (await call('GET', '/v1/deliveries?limit=100')).body.deliveries,
    (deliveries) =>
      deliveries.some((one: any) => one.channel === 'webhook' && one.attempts > 0) &&
      deliveries.some((one: any) => one.channel === 'email' && one.attempts > 0),
  );
  const connection = await Connection.connect({ address: temporalAddress });
  const told = await eventually(
    () => histories(new Client({ connection })),
    (text) => text.includes('canary-user'),
  );
  await connection.close();
  const rows = await dump();
  expect(await api.terminate(), api.output()).toBe(0);
  expect(await worker.terminate(), worker.output()).toBe(0);
  const logs = api.output() + worker.output();
  expect(logs.split('\n').length).toBeGreaterThan(20);
  expect(rows).toContain('canary-user');

  const databasePassword = new URL(database.url).password;
  const secrets: Readonly<Record<string, string>> = {
    'the key of the app': key,
    'the key of growth': growthKey,
    'the key of an admin': adminKey,
    'a key that was issued': rotatedKey.body.secret,
    'the secret of a webhook': hook.body.secret,
    'its secret without its prefix': hook.body.secret.replace('whsec_', ''),
    'its rotated secret': rotated.body.secret,
    'the token of a user': token,
    'the password of the mail server': 'smtp-canary-password',
    'the key that seals': testSecretKey,
    'the password of the database': `:${databasePassword}@`,
  };
  const places = { 'the logs': logs, 'a history': told, 'a dump': rows };
  const found = Object.entries(secrets).flatMap(([secret, value]) =>
    Object.entries(places).flatMap(([place, text]) =>
      text.includes(value) ? [`${secret} in ${place}`] : [],
    ),
  );
  expect(found).toEqual([]);
  // Of people the ledger knows what it was told; logs and histories know neither address.
  for (const person of [email, ip])
    for (const text of [logs, told]) expect(text.includes(person), person).toBe(false);
  // A user's id names the workflow and is opaque by contract; it is in no log.
  expect(logs.includes('canary-user')).toBe(false);
}, 90_000);

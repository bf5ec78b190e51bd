import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppMode } from '../../domain/app-mode.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { type Reply, type TestApi, request, startApi } from '../setup/product.ts';
import { forbiddenEverywhere, forbiddenLive } from '../domain/webhook/forbidden-addresses.ts';

let api: TestApi;
const keys = new Map<AppMode, string>();
beforeAll(async () => {
  api = await startApi();
  for (const mode of ['sandbox', 'live'] as const) {
    const appId = await api.database.createApp(`a-${mode}`, { mode });
    const key = await issueApiKey(api.database.ledger.pool, { appId, mode, scopes: ['app'] });
    keys.set(mode, key.secret);
  }
});
afterAll(() => api.stop());

const endpoints = async (): Promise<unknown> => {
  const { pool } = api.database.ledger;
  return (await pool.query('select * from webhook_endpoints order by 1, 2')).rows;
};
const audited = async () => (await api.database.ledger.pool.query('select from audit')).rowCount;

function expectRefusedBy(reply: Reply, words: string): void {
  expect(reply.status, JSON.stringify(reply.body)).toBe(400);
  expect(reply.headers.get('content-type')).toContain('application/problem+json');
  expect(reply.body.errors).toHaveLength(1);
  expect(reply.body.errors[0]).toMatchObject({ in: 'body', pointer: '/url' });
  expect(reply.body.errors[0].message).toContain(words);
}

describe.each([
  ['live', [...forbiddenEverywhere, ...forbiddenLive]],
  ['sandbox', forbiddenEverywhere.map(([url, words]) => [url, words === 'https' ? 'http' : words] as const)],
] as const)('an endpoint of a %s app', (mode, table) => {
  const call = (method: string, path: string, body: unknown) =>
    request(`${api.url}/v1/webhooks${path}`, method, keys.get(mode) ?? '', body);
  let endpoint: string;
  beforeAll(async () => {
    const made = await call('POST', '', { url: 'https://example.com/hook' });
    endpoint = made.body.id ?? 'none was made';
  });

  test.each(table)('is neither made at %j nor moved there: the field is named', async (url, words) => {
    const before = [await endpoints(), await audited()];
    expectRefusedBy(await call('POST', '', { url }), words);
    expectRefusedBy(await call('PUT', `/${endpoint}`, { url }), words);
    expect([await endpoints(), await audited()]).toEqual(before);
  });

  test.each([
    ['10 kB', `https://example.com/${'x'.repeat(10_000)}`],
    ['a list', ['https://example.com/', 'https://127.0.0.1/']],
    ['an object', { href: 'https://example.com/' }],
    ['a number', 2_130_706_433],
    ['null', null],
  ])('is neither made at %s nor moved there: the field is named', async (_what, url) => {
    const before = await endpoints();
    for (const reply of [await call('POST', '', { url }), await call('PUT', `/${endpoint}`, { url })])
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ pointer: '/url' }] } });
    expect(await endpoints()).toEqual(before);
  });

  test('is not patched past the check: its address changes by PUT alone', async () => {
    const before = await endpoints();
    const reply = await call('PATCH', `/${endpoint}`, { url: 'https://127.0.0.1/' });
    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).not.toContain('PATCH');
    expect(await endpoints()).toEqual(before);
  });

  test('is moved to another public address', async () => {
    const url = 'https://hooks.example.org:8443/stipend?app=1';
    expect(await call('PUT', `/${endpoint}`, { url })).toMatchObject({ status: 200, body: { url } });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../api/routes.ts';
import { scopesOf } from '../../api/route.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { type Reply, type TestApi, type TestApp, request, startApi } from '../setup/product.ts';
import { cases } from './idempotency-cases.ts';

let api: TestApi;
let adminKey: string;

beforeAll(async () => {
  api = await startApi();
  const { pool } = api.database.ledger;
  adminKey = (await issueApiKey(pool, { appId: null, mode: 'live', scopes: ['admin'] })).secret;
});
afterAll(() => api.stop());

/** What products and their users do all day is traffic, told in the timeline; all else is somebody's act. */
const traffic: ReadonlySet<string> = new Set([
  'putUser',
  'startSession',
  'authorizeCall',
  'reportUsage',
  'reportUsageBatch',
  'endSession',
  'seeNotice',
  'dismissNotice',
  'issueUserToken',
]);

/** Acts whose requests are not those of the table of idempotency: how each is done in an app of its own. */
const others: Readonly<
  Record<string, (app: TestApp) => Promise<{ readonly path: string; readonly body?: unknown }>>
> = {
  // That a page was looked at is traffic.
  reportUserEvent: async (app) => {
    await app.call('PUT', '/v1/users/ada', {});
    return { path: '/v1/users/ada/events', body: { event: 'upgraded' } };
  },
  eraseUser: async (app) => {
    await app.call('PUT', '/v1/users/ada', {});
    return { path: `/v1/users/ada?app=${app.id}` };
  },
  withdraw: async (app) => {
    await app.call('PUT', '/v1/users/ada', {});
    const made = await app.growth('POST', '/v1/users/ada/grants', { sessions: 5, reason: 'a start' });
    return { path: `/v1/users/ada/modifiers/${made.body.id}` };
  },
  changeWebhook: async (app) => ({
    path: `/v1/webhooks/${(await app.call('POST', '/v1/webhooks', { url: 'https://example.com/a' })).body.id}`,
    body: { url: 'https://example.com/b' },
  }),
  removeWebhook: async (app) => ({
    path: `/v1/webhooks/${(await app.call('POST', '/v1/webhooks', { url: 'https://example.com/a' })).body.id}`,
  }),
  setOrigins: async (app) => ({
    path: `/v1/apps/${app.id}/origins`,
    body: { origins: ['https://app.example.com'] },
  }),
  revokeKey: async (app) => {
    const { pool } = api.database.ledger;
    const { keyId } = await issueApiKey(pool, { appId: app.id, mode: 'sandbox', scopes: ['app'] });
    return { path: `/v1/apps/${app.id}/keys/${keyId}` };
  },
};

const acts = routes.filter(({ method, operation }) => method !== 'get' && !traffic.has(operation));

const entries = async (): Promise<number> =>
  (await api.database.ledger.pool.query('select count(*) as n from audit')).rows[0].n;

describe.each(acts.map((route) => [route.operation, route] as const))('%s', (operation, route) => {
  const prepare = async () => {
    const app = await api.app();
    const { pool } = api.database.ledger;
    const asked = (await others[operation]?.(app)) ?? (await cases[operation]?.(app, pool))?.asked;
    if (asked === undefined) throw new Error(`${operation} needs a way to be done here`);
    const key = { app: app.key, growth: app.growthKey, admin: adminKey }[scopesOf(route)[0] ?? 'app'];
    const send = (path = asked.path): Promise<Reply> =>
      request(api.url + path, route.method.toUpperCase(), key, asked.body);
    return { app, send, path: asked.path };
  };

  test('leaves an entry that names the key it was done with, and one that was refused leaves none', async () => {
    const { send, path } = await prepare();
    const before = await entries();
    const nowhere = await send(path.replace(/(ada|whe_|rev_|dlv_|app-)[\w-]*/, 'nobody-known'));
    if (nowhere.status >= 400) expect(await entries()).toBe(before);
    const { rows: last } = await api.database.ledger.pool.query('select max(audit_id) as id from audit');
    const done = await send();
    expect(done.status, JSON.stringify(done.body)).toBeLessThan(300);
    const { rows } = await api.database.ledger.pool.query(
      'select actor, act from audit where audit_id > $1 order by audit_id',
      [last[0].id],
    );
    // A new app comes with its keys.
    expect(rows.length, JSON.stringify(rows)).toBe(operation === 'createApp' ? 3 : 1);
    for (const { actor } of rows) expect(actor).toMatch(/^key [0-9a-f]{12}$/);
  });
});

describe('GET /v1/audit', () => {
  test('shows a growth key its own app alone, and an admin key all, by app, act, subject and time, in pages', async () => {
    const [app, other] = [await api.app(), await api.app()];
    for (const of of [app, other]) for (let n = 0; n < 3; n += 1) await of.call('PUT', `/v1/users/u${n}`, {});
    for (let n = 0; n < 3; n += 1)
      await app.growth('POST', `/v1/users/u${n}/grants`, { sessions: 1, reason: `reason ${n}` });
    await other.growth('POST', '/v1/users/u0/grants', { sessions: 1, reason: 'elsewhere' });
    const own = await app.growth('GET', '/v1/audit?act=account.grant');
    expect(own.body.entries.map(({ subject }: any) => subject)).toEqual(['u2', 'u1', 'u0']);
    expect(own.body.entries[0]).toMatchObject({ app: app.id, details: { note: 'reason 2' } });
    expect((await app.growth('GET', `/v1/audit?app=${other.id}`)).status).toBe(403);
    const admin = (query: string) => request(`${api.url}/v1/audit?${query}`, 'GET', adminKey);
    const all = await admin('act=account&subject=u0');
    expect(all.body.entries.map((entry: any) => entry.app)).toEqual([other.id, app.id]);
    const first = await admin(`app=${app.id}&act=account&limit=2`);
    const second = await admin(`app=${app.id}&act=account&limit=2&after=${first.body.next}`);
    expect([...first.body.entries, ...second.body.entries].map(({ subject }: any) => subject)).toEqual([
      'u2',
      'u1',
      'u0',
    ]);
    expect(second.body.next).toBeNull();
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    expect((await admin(`since=${tomorrow}`)).body.entries).toEqual([]);
    expect((await app.call('GET', '/v1/audit')).status).toBe(403);
  });
});

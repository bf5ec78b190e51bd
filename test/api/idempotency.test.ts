import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../api/openapi/document.ts';
import { routes } from '../../api/routes.ts';
import { type Route, scopesOf } from '../../api/route.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { forgetOldAnswers } from '../../ledger/overdue.ts';
import { type Reply, type TestApi, type TestApp, request, startApi } from '../setup/product.ts';
import { type Prepared, cases } from './idempotency-cases.ts';

let api: TestApi;
let adminKey: string;
beforeAll(async () => {
  api = await startApi();
  const { pool } = api.database.ledger;
  adminKey = (await issueApiKey(pool, { appId: null, mode: 'live', scopes: ['admin'] })).secret;
});
afterAll(() => api.stop());

const document = openApiDocument(routes);
const posts = routes.filter((route) => route.method === 'post');

const keyFor = (app: TestApp, route: Route): string =>
  ({ app: app.key, growth: app.growthKey, admin: adminKey })[scopesOf(route)[0] ?? 'app'];

type Asked = { readonly path: string; readonly body?: unknown };

/** A route with something to do, its key, and a count of what it did. */
async function prepare(route: Route) {
  const app = await api.app();
  const build = cases[route.operation];
  if (build === undefined) throw new Error(`${route.operation} needs a case in idempotency-cases.ts`);
  const { pool } = api.database.ledger;
  const prepared: Prepared = await build(app, pool);
  const key = `key-${crypto.randomUUID()}`;
  const send = ({ path, body }: Asked, header: string = key): Promise<Reply> =>
    request(api.url + path, 'POST', keyFor(app, route), body, { 'idempotency-key': header });
  return { ...prepared, app, key, send };
}

const isOwnId = (route: Route): boolean => route.repeats === 'by_own_id';

describe.each(posts.map((route) => [route.operation, route] as const))('%s', (_operation, route) => {
  test('under one key has one effect, and its repeat answers the same', async () => {
    const { asked, effects, send } = await prepare(route);
    const before = await effects();
    const first = await send(asked);
    expect(first.status, JSON.stringify(first.body)).toBeLessThan(300);
    expect(await effects()).toBe(before + 1);
    const second = await send(asked);
    expect(await effects()).toBe(before + 1);
    if (route.withheld === undefined) {
      expect(second).toMatchObject({ status: first.status, body: first.body });
      if (!isOwnId(route)) expect(second.headers.get('idempotent-replayed')).toBe('true');
    } else {
      expect(second).toMatchObject({ status: 409, body: { detail: route.withheld } });
    }
  });

  test('with another request under the key is refused, unless ids of their own tell them apart', async () => {
    const { asked, other, effects, send } = await prepare(route);
    await send(asked);
    const before = await effects();
    const reply = await send(other);
    if (isOwnId(route)) {
      expect(reply.status).toBeLessThan(300);
      return;
    }
    expect(reply).toMatchObject({ status: 422, body: { type: '/docs/problems#idempotency-key-reused' } });
    expect(await effects()).toBe(before);
  });

  test('sent many times at once under one key has one effect', async () => {
    const { asked, effects, send } = await prepare(route);
    const before = await effects();
    const replies = await Promise.all(Array.from({ length: 8 }, () => send(asked)));
    expect(await effects()).toBe(before + 1);
    const done = replies.filter((reply) => reply.status < 300);
    expect(done.length).toBeGreaterThanOrEqual(1);
    for (const reply of done) expect(reply.body).toEqual(done[0]?.body);
    for (const reply of replies.filter((one) => one.status >= 300)) {
      expect(reply.status, JSON.stringify(reply.body)).toBe(409);
      const { type } = reply.body;
      if (type === '/docs/problems#idempotency-key-in-use')
        expect(reply.headers.get('retry-after')).toBe('1');
      else expect(type).toBe('/docs/problems#secret-shown-once');
    }
  });

  test('with a malformed key is refused, and the header is named', async () => {
    const { asked, effects, send } = await prepare(route);
    const before = await effects();
    const reply = await send(asked, 'x'.repeat(256));
    expect(reply).toMatchObject({
      status: 400,
      body: { errors: [{ in: 'header', parameter: 'Idempotency-Key' }] },
    });
    expect(await effects()).toBe(before);
  });

  test('is described as taking the header', () => {
    const described = document.paths?.[route.path.replaceAll(/:(\w+)/g, '{$1}')]?.post?.parameters ?? [];
    expect(described).toContainEqual(expect.objectContaining({ name: 'Idempotency-Key', in: 'header' }));
  });
});

test('an answer is forgotten after 24 hours, and the key is free again', async () => {
  const route = posts.find(({ operation }) => operation === 'startSession')!;
  const { asked, effects, send } = await prepare(route);
  const { pool } = api.database.ledger;
  await send(asked);
  await pool.query("update answers set created_at = now() - interval '23 hours 59 minutes'");
  await forgetOldAnswers(pool);
  await send(asked);
  expect(await effects()).toBe(1);
  await pool.query("update answers set created_at = now() - interval '24 hours 1 second'");
  await forgetOldAnswers(pool);
  await send(asked);
  expect(await effects()).toBe(2);
});

describe('a request that changed nothing is decided anew', () => {
  const post = (app: TestApp, path: string, key: string, body?: unknown) =>
    app.call('POST', path, body, { 'idempotency-key': key });

  test('a refused session, once a place is free', async () => {
    const app = await api.app();
    const { id } = (await app.call('POST', '/v1/users/ada/sessions')).body.session;
    await app.call('POST', '/v1/users/ada/sessions');
    expect((await post(app, '/v1/users/ada/sessions', 'k', {})).status).toBe(429);
    await app.call('POST', `/v1/sessions/${id}/end`);
    expect((await post(app, '/v1/users/ada/sessions', 'k', {})).status).toBe(201);
  });

  test('a question, once the user has said yes', async () => {
    const app = await api.app();
    for (let number = 1; number <= 9; number += 1) {
      const { id } = (await app.call('POST', '/v1/users/ada/sessions')).body.session;
      await app.call('POST', `/v1/sessions/${id}/usage`, { id: `e${number}`, cost_usd: 0.01 });
      await app.call('POST', `/v1/sessions/${id}/end`);
      if (number % 3 === 0) await app.call('POST', '/v1/test-clock/advance', { by: 'P1D', wait: false });
    }
    const question = await post(app, '/v1/users/ada/sessions', 'k', {});
    expect(question.body.outcome).toBe('confirm');
    const yes = await post(app, '/v1/users/ada/sessions', 'k', { confirmed: true });
    expect(yes).toMatchObject({ status: 201 });
    expect((await post(app, '/v1/users/ada/sessions', 'k', {})).body).toEqual(yes.body);
  });

  test('a key for an app that was not there yet', async () => {
    const id = `later-${crypto.randomUUID().slice(0, 8)}`;
    const send = () =>
      request(
        `${api.url}/v1/apps/${id}/keys`,
        'POST',
        adminKey,
        { scopes: ['app'] },
        {
          'idempotency-key': id,
        },
      );
    expect((await send()).status).toBe(404);
    await api.database.createApp(id);
    expect((await send()).status).toBe(201);
  });
});

describe('keys', () => {
  test('of one app share its idempotency keys; those of another app do not', async () => {
    const app = await api.app();
    const other = await api.app();
    const { secret } = await issueApiKey(api.database.ledger.pool, {
      appId: app.id,
      mode: 'sandbox',
      scopes: ['app'],
    });
    const send = (key: string) =>
      request(`${api.url}/v1/users/ada/sessions`, 'POST', key, {}, { 'idempotency-key': 'shared' });
    const first = await send(app.key);
    expect((await send(secret)).body).toEqual(first.body);
    expect((await send(other.key)).body.session.id).not.toBe(first.body.session.id);
  });

  test('shown in an answer are not in the ledger', async () => {
    const send = () =>
      request(
        `${api.url}/v1/apps`,
        'POST',
        adminKey,
        { name: 'x', mode: 'sandbox' },
        {
          'idempotency-key': 'secret',
        },
      );
    const { keys } = (await send()).body;
    const { rows } = await api.database.ledger.pool.query('select a::text as stored from answers a');
    const stored = rows.map((row) => row.stored).join('\n');
    expect(stored).toContain('secret');
    for (const secret of Object.values<string>(keys)) expect(stored).not.toContain(secret);
  });
});

test('a claim whose process died is free after a minute, and not before', async () => {
  const route = posts.find(({ operation }) => operation === 'advanceTestClock')!;
  const { asked, app, key, effects, send } = await prepare(route);
  await send(asked);
  const { pool } = api.database.ledger;
  const half = (until: string) =>
    pool.query(
      `update answers set status = null, body = null, claimed_until = now() + $3::interval
       where app_id = $1 and key = $2`,
      [app.id, key, until],
    );
  await half('1 minute');
  expect(await send(asked)).toMatchObject({
    status: 409,
    body: { type: '/docs/problems#idempotency-key-in-use' },
  });
  await half('-1 second');
  expect((await send(asked)).status).toBe(200);
  expect(await effects()).toBe(2);
});

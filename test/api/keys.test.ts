import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAuthentication } from '../../api/authentication.ts';
import { createFailedAttempts } from '../../api/failed-attempts.ts';
import { Problem } from '../../api/problems/problem.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { type Reply, type TestApi, type TestApp, request, startApi } from '../setup/product.ts';

let api: TestApi;
let app: TestApp;
let adminKey: string;

beforeAll(async () => {
  api = await startApi();
  const { pool } = api.database.ledger;
  adminKey = (await issueApiKey(pool, { appId: null, mode: 'live', scopes: ['admin'] })).secret;
});
beforeEach(async () => {
  app = await api.app();
});
afterAll(() => api.stop());

const admin = (method: string, path: string, body?: unknown): Promise<Reply> =>
  request(api.url + path, method, adminKey, body);
const startWith = (key: string): Promise<Reply> => request(`${api.url}/v1/users/ada/usage`, 'GET', key);
const keysOf = (of: TestApp) => `/v1/apps/${of.id}/keys`;

/** Another process: it remembers no key. */
const anotherProcess = () => {
  const { pool, secrets } = api.database.ledger;
  const authentication = createAuthentication({ db: pool, tokenKeys: secrets.tokenKeys });
  return (key: string) =>
    authentication.identify(
      { authorization: `Bearer ${key}`, address: () => '192.0.2.1' },
      { scopes: ['app'], users: false },
    );
};

describe('a key', () => {
  test('is issued with a name, scopes and an end, and its secret is in no list', async () => {
    const made = await admin('POST', keysOf(app), {
      scopes: ['growth'],
      name: 'the console',
      expires_at: '2150-01-01T00:00:00Z',
    });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'the console', scopes: ['growth'], expires_at: '2150-01-01T00:00:00Z' },
    });
    const listed = await admin('GET', keysOf(app));
    expect(listed.body.keys[0]).toMatchObject({ key: made.body.key, name: 'the console', revoked_at: null });
    expect(JSON.stringify(listed.body)).not.toContain(made.body.secret);
    expect(listed.body.keys).toHaveLength(3);
  });

  test('that would be over at once is refused with the field', async () => {
    const reply = await admin('POST', keysOf(app), { scopes: ['app'], expires_at: '2020-01-01T00:00:00Z' });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ pointer: '/expires_at' }] } });
  });

  test('works until it expires and not an instant longer in any process, even one that remembers it', async () => {
    const { pool } = api.database.ledger;
    const { keyId, secret } = await issueApiKey(pool, { appId: app.id, mode: 'sandbox', scopes: ['app'] });
    await pool.query("update api_keys set expires_at = now() + interval '1.5 seconds' where key_id = $1", [
      keyId,
    ]);
    const ask = anotherProcess();
    expect((await ask(secret)).keyId).toBe(keyId);
    const { rows } = await pool.query('select expires_at from api_keys where key_id = $1', [keyId]);
    await new Promise((resolve) => setTimeout(resolve, rows[0].expires_at.getTime() - Date.now() + 20));
    await expect(ask(secret)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('tells when it was used last, to the minute', async () => {
    const { body: made } = await admin('POST', keysOf(app), { scopes: ['app'] });
    const find = async () =>
      (await admin('GET', keysOf(app))).body.keys.find((key: any) => key.key === made.key);
    expect((await find()).last_used_at).toBeNull();
    await startWith(made.secret);
    const { last_used_at: used } = await find();
    expect(used).toMatch(/:00Z$/);
    expect(Math.abs(Date.parse(used) - Date.now())).toBeLessThan(61_000);
  });
});

describe('a rotation', () => {
  test('makes a key of the same scopes and name, and the one before works on for the overlap', async () => {
    const { body: first } = await admin('POST', keysOf(app), { scopes: ['app'], name: 'backend' });
    const { status, body: second } = await admin('POST', `${keysOf(app)}/${first.key}/rotate`, {
      overlap: 'PT1H',
    });
    expect(status).toBe(201);
    expect(second).toMatchObject({ name: 'backend', scopes: ['app'], previous: { key: first.key } });
    const left = Date.parse(second.previous.expires_at) - Date.now();
    expect(left).toBeGreaterThan(3_500_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
    for (const key of [first.secret, second.secret]) expect((await startWith(key)).status).toBe(404);
    await api.database.ledger.pool.query('update api_keys set expires_at = now() where key_id = $1', [
      first.key,
    ]);
    await expect(anotherProcess()(first.secret)).rejects.toMatchObject({ code: 'unauthorized' });
    expect((await anotherProcess()(second.secret)).keyId).toBe(second.key);
  });

  test('never makes a key live longer than it was to', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const { body: first } = await admin('POST', keysOf(app), { scopes: ['app'], expires_at: expiresAt });
    const { body } = await admin('POST', `${keysOf(app)}/${first.key}/rotate`, { overlap: 'PT24H' });
    expect(Date.parse(body.previous.expires_at)).toBe(Date.parse(expiresAt));
  });

  test('of a key that is over, of another app, or of none is not found', async () => {
    const { body: first } = await admin('POST', keysOf(app), { scopes: ['app'] });
    const other = await api.app();
    await admin('DELETE', `${keysOf(app)}/${first.key}`);
    for (const path of [
      `${keysOf(app)}/${first.key}`,
      `${keysOf(other)}/${first.key}`,
      `${keysOf(app)}/none`,
    ])
      expect((await admin('POST', `${path}/rotate`, {})).status, path).toBe(404);
  });
});

describe('an address that fails', () => {
  const wrong = (n: number) => `sk_live_${n}_${'x'.repeat(43)}`;

  test('twenty times in a minute is told to wait, and the ledger is not asked any more', async () => {
    const { ledger } = api.database;
    let asked = 0;
    const db = {
      query: (...args: unknown[]) => {
        asked += 1;
        return (ledger.pool.query as any)(...args);
      },
    } as unknown as typeof ledger.pool;
    const authentication = createAuthentication({ db, tokenKeys: ledger.secrets.tokenKeys });
    const ask = (key: string, address: string) =>
      authentication
        .identify(
          { authorization: `Bearer ${key}`, address: () => address },
          { scopes: ['app'], users: true },
        )
        .catch((error: unknown) => error);
    // Known before its address went bad: a guesser beside it must not lock it out.
    await ask(app.key, '2001:db8:1::1');
    for (let n = 0; n < 20; n += 1)
      expect(await ask(wrong(n), `2001:db8:1::${n + 2}`)).toMatchObject({ code: 'unauthorized' });
    const before = asked;
    const refused = await ask(wrong(99), '2001:db8:1::ffff');
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ code: 'too-many-failures' });
    expect(Number((refused as Problem).rest.headers?.['retry-after'])).toBeGreaterThan(0);
    expect(asked).toBe(before);
    expect(await ask(app.key, '2001:db8:1::1')).toMatchObject({ appId: app.id });
    // A key is revoked, and all are looked up again.
    authentication.lookUpAgain();
    expect(await ask(app.key, '2001:db8:1::1')).toMatchObject({ appId: app.id });
    expect(await ask(wrong(100), '2001:db8:ffff::1')).toMatchObject({ code: 'unauthorized' });
  });

  test('with tokens counts like one with keys, and good ones never count', async () => {
    const failures = createFailedAttempts(2);
    const { pool, secrets } = api.database.ledger;
    const authentication = createAuthentication({ db: pool, tokenKeys: secrets.tokenKeys, failures });
    const ask = (token: string) =>
      authentication
        .identify(
          { authorization: `Bearer ${token}`, address: () => '192.0.2.7' },
          { scopes: ['app'], users: true },
        )
        .catch((error: unknown) => error);
    const { body } = await app.call('POST', '/v1/users/ada/tokens', {});
    for (let n = 0; n < 5; n += 1) expect(await ask(body.token)).toMatchObject({ userId: 'ada' });
    for (let n = 0; n < 2; n += 1) expect(await ask('a.b.c')).toMatchObject({ code: 'unauthorized' });
    expect(await ask('a.b.c')).toMatchObject({ code: 'too-many-failures' });
    expect(await ask(body.token)).toMatchObject({ userId: 'ada' });
  });
});

import { SignJWT, UnsecuredJWT, decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../api/route.ts';
import { routes } from '../../api/routes.ts';
import { issueUserToken } from '../../api/user-token.ts';
import { appId, userId } from '../../domain/ids.ts';
import { instant } from '../../domain/instant.ts';
import { createSecretKeys, newSecretKey, secretKeysVariable } from '../../ledger/secret-keys.ts';
import { type TestApi, type TestApp, request, startApi } from '../setup/product.ts';
import { addressOf, validRequests } from './valid-requests.ts';

let api: TestApi;
let app: TestApp;
let token: string;

beforeAll(async () => {
  api = await startApi();
  app = await api.app();
  await app.call('PUT', '/v1/users/ada', {});
  await app.call('PUT', '/v1/users/bob', {});
  token = (await app.call('POST', '/v1/users/ada/tokens', {})).body.token;
});
afterAll(() => api.stop());

const keysOf = () => api.database.ledger.secrets.tokenKeys;
const read = (with_: string, user = 'ada') =>
  request(`${api.url}/v1/users/${user}/usage`, 'GET', with_).then(({ status }) => status);

test('a token lives as long as was asked for, an hour where nothing was', async () => {
  const { status, body } = await app.call('POST', '/v1/users/ada/tokens', { expires_in: 120 });
  expect(status).toBe(201);
  const { exp = 0 } = decodeJwt(body.token);
  expect(Math.abs(exp * 1000 - Date.now() - 120_000)).toBeLessThan(2_000);
  expect(Math.abs(Date.parse(body.expires_at) - exp * 1000)).toBeLessThan(1_000);
  expect(Math.abs((decodeJwt(token).exp ?? 0) * 1000 - Date.now() - 3_600_000)).toBeLessThan(60_000);
});

const names = { app: 'some-app', session: 's', review: 'r', modifier: 'm' };
const ofUsers = routes.filter((route) => route.users === true).map((route) => route.operation);

test('these are the routes that a user may ask, and no others', () => {
  expect(ofUsers.toSorted()).toEqual(
    ['dismissNotice', 'getInbox', 'getUsage', 'seeNotice', 'streamInbox'].toSorted(),
  );
});

const isOfUsers = ({ users }: Route): boolean => users === true;
const named = (of: readonly Route[]) => of.map((route) => [route.operation, route] as const);

const ask = (route: Route, user: string) =>
  request(
    api.url + addressOf(route.path, { ...names, app: app.id }).replace('/users/ada', `/users/${user}`),
    route.method.toUpperCase(),
    token,
    validRequests[route.operation]?.body,
  ).then(({ status }) => status);

test.each(named(routes.filter(isOfUsers)))(
  '%s refuses the token of another user',
  async (_operation, route) => {
    expect(await ask(route, 'bob')).toBe(403);
  },
);

// A stream would not end.
test.each(named(routes.filter((route) => isOfUsers(route) && route.mediaType === undefined)))(
  '%s takes the token of its user',
  async (_operation, route) => {
    expect([200, 404]).toContain(await ask(route, 'ada'));
  },
);

test.each(named(routes.filter((route) => !isOfUsers(route))))(
  '%s refuses the token of a user',
  async (_operation, route) => {
    expect(await ask(route, 'ada')).toBe(403);
  },
);

describe('no way in', () => {
  const later = () => instant(Date.now() + 60_000);
  const ada = () => ({ appId: appId(app.id), userId: userId('ada') });

  test('the token is good to begin with', async () => {
    expect(await read(token)).toBe(200);
  });

  test('has a token that has expired', async () => {
    expect(await read(await issueUserToken(keysOf(), ada(), instant(Date.now() - 1_000)))).toBe(401);
  });

  test('has a token that says it is of another app or user', async () => {
    const [head = '', body = '', mac = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    for (const change of [{ sub: 'bob' }, { app: 'other' }, { exp: claims.exp + 1_000 }]) {
      const forged = Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url');
      expect(await read(`${head}.${forged}.${mac}`, change.sub ?? 'ada')).toBe(401);
    }
  });

  test('has a token of another app for the same user', async () => {
    const other = await api.app();
    const { body } = await other.call('POST', '/v1/users/ada/tokens', {});
    // Its own app has no such user; the app of the test has, and is not reached.
    expect(await read(body.token)).toBe(404);
  });

  test('has a token that is not signed, or signed for something else', async () => {
    const unsigned = new UnsecuredJWT({ app: app.id }).setSubject('ada').setExpirationTime('1h');
    const [key] = keysOf()(app.id);
    const forOthers = await new SignJWT({ app: app.id })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('stipend')
      .setAudience('somebody else')
      .setSubject('ada')
      .setExpirationTime('1h')
      .sign(key ?? new Uint8Array());
    const forEver = await new SignJWT({ app: app.id })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('stipend')
      .setAudience('user')
      .setSubject('ada')
      .sign(key ?? new Uint8Array());
    for (const bad of [unsigned.encode(), forOthers, forEver]) expect(await read(bad)).toBe(401);
  });

  test('has a token that another key signed; one signed by the key before the newest is good', async () => {
    const before = newSecretKey();
    const keys = (value: string) => createSecretKeys(secretKeysVariable.parse(value)).tokenKeys;
    const old = await issueUserToken(keys(before), ada(), later());
    expect(await read(old)).toBe(401);
    const { readUserToken } = await import('../../api/user-token.ts');
    expect(await readUserToken(keys(`${newSecretKey()},${before}`), old)).toEqual(ada());
    expect(await readUserToken(keys(newSecretKey()), old)).toBeNull();
  });
});

describe('a page of a site', () => {
  const askFrom = (origin: string, method = 'GET') =>
    fetch(`${api.url}/v1/users/ada/usage`, {
      method,
      headers: { origin, authorization: `Bearer ${token}` },
    });

  test('that the app has named may read answers, and asks before it does; another may not', async () => {
    const { pool } = api.database.ledger;
    await pool.query("update apps set origins = '{https://app.example.com}' where app_id = $1", [app.id]);
    const answer = await askFrom('https://app.example.com');
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
    const before = await askFrom('https://app.example.com', 'OPTIONS');
    expect(before.status).toBe(204);
    expect(before.headers.get('access-control-allow-headers')).toContain('authorization');
    const other = await askFrom('https://evil.example.com');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { batchEvent } from '../../api/contract/usage-batch.ts';
import { routes } from '../../api/routes.ts';
import { type Route, scopesOf } from '../../api/route.ts';
import { type Scope, issueApiKey } from '../../ledger/api-keys.ts';
import { type Reply, type TestApi, type TestApp, request, startApi } from '../setup/product.ts';
import { type BadValue, badValues } from './bad-values.ts';
import { type Field, fieldsOf, withValue } from './schema-fields.ts';
import { type Fixtures, addressOf, validRequests } from './valid-requests.ts';

let api: TestApi;
let app: TestApp;
let names: Fixtures;
const keys = new Map<Scope, string>();

beforeAll(async () => {
  api = await startApi();
  app = await api.app();
  const { body } = await app.call('POST', '/v1/users/ada/sessions');
  const made = await app.growth('POST', '/v1/users/ada/grants', { sessions: 5, reason: 'a start' });
  for (let attempt = 0; attempt < 25; attempt += 1) await app.call('POST', '/v1/users/bot/sessions');
  const { reviews } = (await app.growth('GET', '/v1/reviews')).body;
  names = { app: app.id, session: body.session.id, review: reviews[0].id, modifier: made.body.id ?? 'none' };
  const { pool } = api.database.ledger;
  const admin = await issueApiKey(pool, { appId: null, mode: 'live', scopes: ['admin'] });
  keys.set('app', app.key).set('growth', app.growthKey).set('admin', admin.secret);
});
afterAll(() => api.stop());

/** One text for every row of every table; that a key was used is no effect of what it was used for. */
async function fingerprint(): Promise<string> {
  const { pool } = api.database.ledger;
  const tables = await pool.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
  );
  expect(tables.rows.length).toBeGreaterThan(10);
  const sums = tables.rows.map(
    ({ name }) =>
      `select '${name}' as t, count(*)::text || '/' || coalesce(sum(hashtextextended((to_jsonb(x) - 'last_used_at')::text, 0))::text, '') as s from ${name} x`,
  );
  const { rows } = await pool.query(sums.join(' union all '));
  return JSON.stringify(rows);
}

/** A batch answers for each of its events; what it says of its only one stands for the reply. */
function ofOnlyEvent(reply: Reply): Reply {
  const problem = reply.body.results?.[0]?.problem;
  if (problem === undefined) return reply;
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  return { status: problem.status, body: problem, headers };
}

async function send(
  route: Route,
  address: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const [scope] = scopesOf(route);
  const key = scope === undefined ? null : (keys.get(scope) ?? null);
  return ofOnlyEvent(await request(api.url + address, route.method.toUpperCase(), key, body, headers));
}

/** Bodies whose parts are checked one by one, with the schema of the parts. */
const inParts: Readonly<Record<string, z.ZodType>> = {
  reportUsageBatch: z.strictObject({ events: z.array(batchEvent).min(1).max(1_000) }),
};

const placesOf = (reply: Reply): readonly string[] =>
  (reply.body.errors ?? []).map((error: any) => String(error.pointer ?? error.parameter));

/** The problem points at the field itself, or at what holds it. */
function pointsAt(reply: Reply, path: readonly (string | number)[]): boolean {
  const pointer = path.map((part) => `/${part}`).join('');
  return placesOf(reply).some(
    (place) =>
      place === pointer ||
      (place !== '' && pointer.startsWith(`${place}/`)) ||
      place.startsWith(`${pointer}/`),
  );
}

function complaintOf(reply: Reply, field: Field, bad: BadValue): string | null {
  const what = `${bad.name} at ${field.path.join('.')}: ${reply.status} ${JSON.stringify(reply.body).slice(0, 300)}`;
  if (reply.status >= 500) return what;
  if (reply.status < 300) return bad.expects(field) === 'refused' ? what : null;
  if (reply.headers.get('content-type')?.includes('application/problem+json') !== true) return what;
  const isOfValue = reply.status === 400 || reply.status === 422;
  // What a schema library calls things is no help to whoever sent them.
  if (/Invalid (input|option|string|key)|Too (small|big)|expected/.test(JSON.stringify(reply.body)))
    return what;
  return isOfValue && bad.expects(field) === 'refused' && !pointsAt(reply, field.path) ? what : null;
}

/** Objects whose names are the contract's; `__proto__` is nobody's name. */
const isOurs =
  (name: string) =>
  ({ types, isRecord }: Field): boolean =>
    types.has('object') && (!isRecord || name === '__proto__');

const withBody = routes.filter((route) => route.body !== undefined);

test('the table has a valid request of every route', () => {
  for (const { operation, body } of routes) {
    expect(validRequests, operation).toHaveProperty(operation);
    if (body !== undefined)
      expect(body.safeParse(validRequests[operation]?.body).success, operation).toBe(true);
  }
});

describe.each(withBody.map((route) => [route.operation, route] as const))('%s', (operation, route) => {
  const valid = validRequests[operation]?.body;
  const fields = fieldsOf(inParts[operation] ?? (route.body as NonNullable<Route['body']>));

  test('refuses every bad value of every field with the path of the field, and writes nothing', async () => {
    const address = addressOf(route.path, names);
    const before = await fingerprint();
    const wrong: string[] = [];
    let asked = 0;
    for (const field of fields) {
      const refused = badValues.filter((bad) => bad.expects(field) === 'refused');
      const replies = await Promise.all(
        refused.map((bad) => send(route, address, withValue(valid, field.path, bad.value))),
      );
      asked += replies.length;
      wrong.push(...replies.flatMap((reply, n) => complaintOf(reply, field, refused[n] as BadValue) ?? []));
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(8);
    expect(await fingerprint()).toBe(before);
  });

  test('takes or refuses odd text, and is never at a loss', async () => {
    const address = addressOf(route.path, names);
    const wrong: string[] = [];
    let before: string | null = null;
    for (const field of fields) {
      for (const bad of badValues.filter((one) => one.expects(field) === 'either')) {
        before ??= await fingerprint();
        const reply = await send(route, address, withValue(valid, field.path, bad.value));
        const complaint = complaintOf(reply, field, bad);
        if (complaint !== null) wrong.push(complaint);
        const isOfValue = reply.status === 400 || reply.status === 422;
        // What was taken may have been written; what was refused must not.
        if (!isOfValue) before = null;
        else if ((await fingerprint()) !== before) wrong.push(`${bad.name} at ${field.path.join('.')} wrote`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'no_such_field'])(
    'refuses a field named %s wherever names are ours, and writes nothing',
    async (name) => {
      const address = addressOf(route.path, names);
      const before = await fingerprint();
      const depths = [[], ...fields.filter(isOurs(name)).map(({ path }) => path)];
      for (const path of depths) {
        const marked = JSON.stringify(withValue(valid, [...path, 'MARKED'], { polluted: true }));
        const reply = await send(route, address, marked.replace('"MARKED"', JSON.stringify(name)));
        expect(reply.status, `${path.join('.')}: ${JSON.stringify(reply.body)}`).toBe(400);
        expect(placesOf(reply).join(' ')).toContain(name);
      }
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect(await fingerprint()).toBe(before);
    },
  );

  test.each([
    ['an array', '[]'],
    ['a number', '7'],
    ['null', 'null'],
    ['NaN', '{"a": NaN}'],
    ['broken JSON', '{"a": '],
    ['nothing at all', ' '],
    ['a hundred thousand brackets', '['.repeat(100_000)],
  ])('refuses %s for a body, and writes nothing', async (_name, body) => {
    const before = await fingerprint();
    const reply = await send(route, addressOf(route.path, names), body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(400);
    expect(await fingerprint()).toBe(before);
  });
});

const badIds = [
  ['10 kB', 'x'.repeat(10_000)],
  ['control characters', 'a%00b'],
  ['an escape sequence', '%1b%5b31m'],
  ['a line break', 'a%0ab'],
  ['half a code point', '%E0%A4'],
  ['outer spaces', '%20a'],
] as const;

describe.each(
  routes.filter(({ params }) => params !== undefined).map((route) => [route.operation, route] as const),
)('the address of %s', (operation, route) => {
  test.each(badIds)('refuses %s in each of its parameters, and writes nothing', async (_name, id) => {
    const before = await fingerprint();
    for (const [, parameter] of route.path.matchAll(/:(\w+)/g)) {
      const path = addressOf(route.path.replace(`:${parameter}`, 'PLACE'), names).replace('PLACE', id);
      const reply = await send(route, path, validRequests[operation]?.body);
      expect(reply.status, `${parameter}: ${JSON.stringify(reply.body)}`).toBe(400);
      const isUnreadable = id === '%E0%A4';
      if (!isUnreadable) expect(placesOf(reply)).toContain(parameter);
    }
    expect(await fingerprint()).toBe(before);
  });
});

describe.each(
  routes.filter(({ query }) => query !== undefined).map((route) => [route.operation, route] as const),
)('the query of %s', (_operation, route) => {
  test('refuses every bad value of every parameter with its name', async () => {
    const noText = ['x'.repeat(5_000), '%00', 'a%1bb'];
    const noNumberOrWord = ['-1', 'NaN', '1e308', String(2 ** 53), '0.5x', "';drop", '__proto__', ...noText];
    for (const field of fieldsOf(route.query as NonNullable<Route['query']>)) {
      const name = String(field.path[0]);
      const takesText = field.types.has('string') && !field.isFixed;
      for (const value of takesText ? noText : noNumberOrWord) {
        const reply = await send(route, `${addressOf(route.path, names)}?${name}=${value}`);
        expect(reply.status, `${name}=${value.slice(0, 20)}: ${JSON.stringify(reply.body)}`).toBe(400);
        expect(placesOf(reply)).toContain(name);
      }
    }
    const unknown = await send(route, `${addressOf(route.path, names)}?no_such=1`);
    expect(unknown.status).toBe(400);
  });
});

describe.each(
  routes.filter(({ method }) => method === 'post').map((route) => [route.operation, route] as const),
)('the Idempotency-Key of %s', (operation, route) => {
  test.each([
    ['10 kB', 'k'.repeat(10_000)],
    ['256 characters', 'k'.repeat(256)],
    ['a space', 'a b'],
    ['letters outside ASCII', 'k\u00e9y'],
  ])('is refused with %s, and nothing is written', async (_name, key) => {
    const before = await fingerprint();
    const reply = await send(route, addressOf(route.path, names), validRequests[operation]?.body, {
      'idempotency-key': key,
    });
    expect(reply.status, JSON.stringify(reply.body)).toBe(400);
    expect(placesOf(reply)).toContain('Idempotency-Key');
    expect(await fingerprint()).toBe(before);
  });
});

test('an id of lookalike letters is another id', async () => {
  const latin = 'ada';
  const lookalike = '\u0430d\u0430';
  await app.call('PUT', `/v1/users/${latin}`, { email: 'latin@example.com' });
  await app.call('PUT', `/v1/users/${encodeURIComponent(lookalike)}`, { email: 'cyrillic@example.com' });
  const { rows } = await api.database.ledger.pool.query(
    'select email from accounts where app_id = $1 and user_id = any($2) order by email',
    [app.id, [latin, lookalike]],
  );
  expect(rows).toEqual([{ email: 'cyrillic@example.com' }, { email: 'latin@example.com' }]);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Reply, type TestApi, type TestApp, request, startApi } from '../setup/product.ts';

let api: TestApi;
let app: TestApp;
let session: string;
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
  session = (await app.call('POST', '/v1/users/ada/sessions')).body.session.id;
});
afterAll(() => api.stop());

/** Everything that a request could have written. */
async function written(): Promise<unknown> {
  const { rows } = await api.database.ledger.pool.query(`
    select (select jsonb_agg(to_jsonb(a) order by user_id) from accounts a) as accounts,
           (select jsonb_agg(to_jsonb(s) order by session_id) from sessions s) as sessions,
           (select count(*) from usage_events) as events, (select count(*) from commands) as commands,
           (select count(*) from audit) as audit, (select count(*) from apps) as apps`);
  return rows[0];
}

/** The problem names the field, is no fault of the server, and nothing was written. */
async function expectRefused(
  send: () => Promise<Reply>,
  status: number,
  field: string | null,
): Promise<void> {
  const before = await written();
  const reply = await send();
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
  expect(reply.headers.get('content-type')).toContain('application/problem+json');
  expect(reply.body).toMatchObject({ type: expect.any(String), title: expect.any(String), status });
  if (field !== null) {
    const named = [reply.body.detail, ...(reply.body.errors ?? []).map((e: any) => e.pointer ?? e.parameter)];
    expect(named.join(' ')).toContain(field);
  }
  expect(await written()).toEqual(before);
}

const long = 'x'.repeat(10_000);
const usage = { id: 'e1', model: 'claude-sonnet-4-5', input_tokens: 10, output_tokens: 10 };

describe('bad input is answered with a problem that names the field, and writes nothing', () => {
  const bodies: [string, string, string, unknown, string][] = [
    ['a session with an unknown field', 'POST', '/v1/users/ada/sessions', { confirm: true }, 'confirm'],
    ['a session with a word for a flag', 'POST', '/v1/users/ada/sessions', { confirmed: 'yes' }, 'confirmed'],
    [
      'a session with metadata of the wrong type',
      'POST',
      '/v1/users/ada/sessions',
      { metadata: 7 },
      'metadata',
    ],
    ['usage without an id', 'POST', '/usage', { ...usage, id: undefined }, 'id'],
    ['usage with an id of 10,000 characters', 'POST', '/usage', { ...usage, id: long }, 'id'],
    ['usage with control characters in its id', 'POST', '/usage', { ...usage, id: 'a\u0000b' }, 'id'],
    ['usage of an unknown model', 'POST', '/usage', { ...usage, model: 'no-such-model' }, 'model'],
    ['usage with negative tokens', 'POST', '/usage', { ...usage, input_tokens: -1 }, 'input_tokens'],
    ['usage with half a token', 'POST', '/usage', { ...usage, input_tokens: 0.5 }, 'input_tokens'],
    ['usage with absurd tokens', 'POST', '/usage', { ...usage, output_tokens: 2 ** 53 }, 'output_tokens'],
    ['usage with tokens as text', 'POST', '/usage', { ...usage, output_tokens: '10' }, 'output_tokens'],
    ['usage with null tokens', 'POST', '/usage', { ...usage, output_tokens: null }, 'output_tokens'],
    ['usage with neither tokens nor dollars', 'POST', '/usage', { id: 'e1' }, 'model'],
    ['usage with a negative cost', 'POST', '/usage', { id: 'e1', cost_usd: -0.01 }, 'cost_usd'],
    ['usage with an absurd cost', 'POST', '/usage', { id: 'e1', cost_usd: 1e308 }, 'cost_usd'],
    [
      'usage with more cached than input tokens',
      'POST',
      '/usage',
      { ...usage, cached_input_tokens: 11 },
      'cached_input_tokens',
    ],
    ['usage at no time', 'POST', '/usage', { ...usage, occurred_at: 'yesterday' }, 'occurred_at'],
    ['an array for a body', 'POST', '/usage', [], 'body'],
    ['a user in no time zone', 'PUT', '/v1/users/ada', { time_zone: 'Mars/Olympus' }, 'time_zone'],
    ['a user with no e-mail address', 'PUT', '/v1/users/ada', { email: 'ada' }, 'email'],
    ['a user on an unknown plan', 'PUT', '/v1/users/ada', { plan: 'gold' }, 'plan'],
    [
      'a user registered in the future',
      'PUT',
      '/v1/users/ada',
      { registered_at: '2999-01-01T00:00:00Z' },
      'registered_at',
    ],
    ['a clock moved by nothing', 'POST', '/v1/test-clock/advance', { by: 'PT0S' }, 'by'],
    ['a clock moved back', 'POST', '/v1/test-clock/advance', { to: '2001-01-01T00:00:00Z' }, 'to'],
    ['a clock moved past every date', 'POST', '/v1/test-clock/advance', { by: 'P9999Y' }, 'by'],
    ['a webhook to no address', 'POST', '/v1/webhooks', { url: 'nowhere' }, 'url'],
  ];
  test.each(bodies)('%s', async (_name, method, path, body, field) => {
    const target = path === '/usage' ? `/v1/sessions/${session}/usage` : path;
    const status = field === 'model' && (body as { model?: string }).model === 'no-such-model' ? 422 : null;
    const before = await written();
    const reply = await app.call(method, target, body);
    expect([400, 422], JSON.stringify(reply.body)).toContain(reply.status);
    if (status !== null) expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    const named = [reply.body.detail, ...(reply.body.errors ?? []).map((e: any) => e.pointer ?? e.parameter)];
    expect(named.join(' ')).toContain(field);
    expect(await written()).toEqual(before);
  });

  test('an id of 10,000 characters in a path', () =>
    expectRefused(() => app.call('POST', `/v1/users/${long}/sessions`), 400, 'user'));
  test('control characters in a path', () =>
    expectRefused(() => app.call('POST', '/v1/users/a%00b/sessions'), 400, 'user'));
  test('a path that is not UTF-8', () =>
    expectRefused(() => app.call('POST', '/v1/users/%E0%A4%A/sessions'), 400, null));
  test('broken JSON', () =>
    expectRefused(() => app.call('POST', '/v1/users/ada/sessions', '{"confirmed": tr'), 400, null));
  test('a body over a megabyte', () =>
    expectRefused(
      () => app.call('POST', '/v1/users/ada/sessions', { metadata: { note: 'x'.repeat(1_100_000) } }),
      413,
      null,
    ));
  test('a body that is not announced as JSON', () =>
    expectRefused(
      () => app.call('POST', '/v1/users/ada/sessions', '{}', { 'content-type': 'text/plain' }),
      415,
      null,
    ));
  test('an unknown path', () => expectRefused(() => app.call('GET', '/v1/nothing'), 404, null));
  test('a method that a path does not take', () =>
    expectRefused(() => app.call('DELETE', '/v1/users/ada/sessions'), 405, null));
});

describe('keys', () => {
  const path = '/v1/users/ada/usage';
  test.each([
    ['missing', null],
    ['unknown', 'sk_sandbox_0_0'],
    ['10,000 characters long', long],
  ])('a key that is %s is refused with 401', (_name, key) =>
    expectRefused(() => request(api.url + path, 'GET', key), 401, null),
  );

  test('a key without the scope is refused with 403', () =>
    expectRefused(() => app.call('GET', '/v1/reviews'), 403, null));

  test('the key of another app sees neither its users nor its sessions', async () => {
    const other = await api.app();
    await expectRefused(() => other.call('GET', '/v1/users/ada/usage'), 404, 'user');
    await expectRefused(() => other.call('POST', `/v1/sessions/${session}/usage`, usage), 404, 'session');
    await expectRefused(() => other.call('POST', `/v1/sessions/${session}/end`), 404, 'session');
  });
});

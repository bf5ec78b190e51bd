import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appId } from '../../domain/ids.ts';
import { activatePolicy } from '../../ledger/activate-policy.ts';
import { sweep } from '../../worker/sweeper.ts';
import { policyWith } from '../domain/an-account.ts';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const call = { model: 'claude-sonnet-4-5', input_tokens: 1_000, max_output_tokens: 1_000 };
// At worst 3.75 dollars a million of input, 15 of output.
const worst = 18_750;
const cap = 200_000;

async function newSession(): Promise<{ app: TestApp; id: string }> {
  const app = await api.app();
  return { app, id: (await app.call('POST', '/v1/users/ada/sessions')).body.session.id };
}

const authorize = (app: TestApp, session: string, id: string, body: object = call) =>
  app.call('POST', `/v1/sessions/${session}/authorizations`, { id, ...body });

type Stored = {
  held: number;
  spent: number;
  overshoot: number;
  open: number;
  reserved: number;
  period_held: number;
};

async function stored(session: string): Promise<Stored> {
  const { rows } = await api.database.ledger.pool.query<Stored>(
    `select s.held_micro_usd as held, s.spent_micro_usd as spent, s.overshoot_micro_usd as overshoot,
       p.held_micro_usd as period_held, count(z.authorization_id) as open,
       coalesce(sum(z.reserved_micro_usd), 0)::bigint as reserved
     from sessions s join periods p on p.app_id = s.app_id and p.user_id = s.user_id and p.number = s.period
     left join authorizations z on z.session_id = s.session_id and z.closed_at is null
     where s.session_id = $1 group by s.session_id, p.held_micro_usd`,
    [session],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`no session ${session}`);
  return row;
}

const advance = async (app: TestApp, by: string) =>
  app.call('POST', '/v1/test-clock/advance', { by, wait: false });

describe('authorizations', () => {
  test('of 64 parallel calls on one session reserve no more than its hold, and settled overshoot nothing', async () => {
    const { app, id } = await newSession();
    const replies = await Promise.all(
      Array.from({ length: 64 }, (_, index) => authorize(app, id, `call-${index}`)),
    );
    const granted = replies.filter(({ status }) => status === 201);
    // Ten whole calls, and one with the output tokens that were left: 12,500 micro-dollars less its input.
    expect(granted.map(({ body }) => body.authorization.output_tokens).sort((a, b) => b - a)).toEqual([
      ...Array.from({ length: 10 }, () => 1_000),
      583,
    ]);
    for (const reply of replies.filter(({ status }) => status !== 201)) {
      expect(reply.status).toBe(429);
      expect(reply.body).toMatchObject({
        type: expect.stringContaining('quota-exceeded'),
        limited_by: 'session',
        usage: { limited_by: 'session' },
      });
    }
    const before = await stored(id);
    expect(before.reserved).toBeLessThanOrEqual(cap);
    await Promise.all(
      granted.map(({ body: { authorization } }) =>
        app.call('POST', `/v1/sessions/${id}/usage`, {
          id: `used-${authorization.id}`,
          model: authorization.model,
          input_tokens: authorization.input_tokens,
          output_tokens: authorization.output_tokens,
          authorization: authorization.id,
        }),
      ),
    );
    const after = await stored(id);
    expect(after).toMatchObject({ overshoot: 0, open: 0, reserved: 0 });
    expect(after.spent + after.held).toBe(cap);
  });

  test('sent many times at once are one; another call under the same id is 409', async () => {
    const { app, id } = await newSession();
    const replies = await Promise.all(Array.from({ length: 16 }, () => authorize(app, id, 'once')));
    for (const reply of replies) expect(reply.status).toBe(201);
    expect(new Set(replies.map(({ body }) => JSON.stringify(body.authorization))).size).toBe(1);
    expect(await stored(id)).toMatchObject({ open: 1, reserved: worst });
    const other = await authorize(app, id, 'once', { ...call, max_output_tokens: 2_000 });
    expect(other.status).toBe(409);
    expect(other.body.type).toContain('authorization-reused');
  });

  test('refused beside others that expire first are told when, in the body and in Retry-After', async () => {
    const { app, id } = await newSession();
    const first = await authorize(app, id, 'first', { ...call, max_output_tokens: 10_000 });
    await advance(app, 'PT10M');
    await authorize(app, id, 'second', { ...call, max_output_tokens: 10_000 });
    const refused = await authorize(app, id, 'third', { ...call, max_output_tokens: 3_000 });
    expect(refused.status).toBe(429);
    expect(refused.body.resets_at).toBe(first.body.authorization.expires_at);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(19 * 60);
    expect(seconds).toBeLessThanOrEqual(20 * 60);
    expect(refused.body.detail).toContain('You can go on from ');
    await advance(app, `PT${seconds}S`);
    expect((await authorize(app, id, 'third', { ...call, max_output_tokens: 3_000 })).status).toBe(201);
  });

  test('price their calls by the policy that they reserved by; calls without one by the policy in force', async () => {
    const pricedAt = (input_per_million: number) => ({
      ...policyWith((plan) => ({ ...plan, models: { standard: ['mine'], economy: ['mine'] } })),
      prices: { models: { mine: { input_per_million, output_per_million: 0 } }, fallback: null },
    });
    const app = await api.app(pricedAt(10));
    const { id } = (await app.call('POST', '/v1/users/ada/sessions')).body.session;
    const asked = { model: 'mine', input_tokens: 1_000, max_output_tokens: 0 };
    expect((await authorize(app, id, 'cheap', asked)).status).toBe(201);
    await activatePolicy(api.database.ledger.pool, appId(app.id), pricedAt(90), { now: true, actor: 'test' });
    const use = (event: string, body: object) =>
      app.call('POST', `/v1/sessions/${id}/usage`, {
        id: event,
        model: 'mine',
        input_tokens: 1_000,
        output_tokens: 0,
        ...body,
      });
    expect((await use('first', { authorization: 'cheap' })).body.authorization).toBe('settled');
    expect(await stored(id)).toMatchObject({ spent: 10_000, overshoot: 0, open: 0 });
    await use('second', {});
    expect(await stored(id)).toMatchObject({ spent: 100_000 });
  });

  test('of two sessions of one user may have the same id', async () => {
    const { app, id } = await newSession();
    const other = (await app.call('POST', '/v1/users/ada/sessions')).body.session.id;
    expect((await authorize(app, id, 'call-1')).status).toBe(201);
    await app.call('POST', `/v1/sessions/${id}/usage`, { id: 'e', cost_usd: 0.01, authorization: 'call-1' });
    expect((await authorize(app, other, 'call-1')).body.authorization.state).toBe('open');
    expect((await authorize(app, id, 'call-1')).body.authorization.state).toBe('used');
    expect(await stored(id)).toMatchObject({ open: 0 });
    expect(await stored(other)).toMatchObject({ open: 1 });
  });

  test('settled answer as settled, and a repeat of the usage the same', async () => {
    const { app, id } = await newSession();
    await authorize(app, id, 'a');
    const usage = {
      id: 'e',
      model: call.model,
      input_tokens: 1_000,
      output_tokens: 400,
      authorization: 'a',
    };
    const first = await app.call('POST', `/v1/sessions/${id}/usage`, usage);
    expect(first.body).toMatchObject({ continue: true, authorization: 'settled' });
    expect((await app.call('POST', `/v1/sessions/${id}/usage`, usage)).body).toEqual(first.body);
    const again = await app.call('POST', `/v1/sessions/${id}/usage`, { ...usage, id: 'f' });
    expect(again.body).toMatchObject({ authorization: 'used' });
    const { rows } = await api.database.ledger.pool.query(
      'select event_id, authorization_id, overshoot_micro_usd from usage_events where session_id = $1 order by 1',
      [id],
    );
    expect(rows).toEqual([
      { event_id: 'e', authorization_id: 'a', overshoot_micro_usd: 0 },
      { event_id: 'f', authorization_id: null, overshoot_micro_usd: 0 },
    ]);
  });

  test('never heard of again expire on the app’s clock, and return exactly what they held', async () => {
    const { app, id } = await newSession();
    await authorize(app, id, 'a');
    await authorize(app, id, 'b');
    await app.call('POST', `/v1/sessions/${id}/end`);
    expect(await stored(id)).toMatchObject({ held: 2 * worst, period_held: 2 * worst, open: 2 });
    await advance(app, 'PT31M');
    await sweep(api.database.ledger);
    expect(await stored(id)).toMatchObject({ held: 0, period_held: 0, open: 0, spent: 0, overshoot: 0 });
    expect((await app.call('GET', '/v1/users/ada/usage')).body.month.used).toBe(0);
    const late = { id: 'e', cost_usd: 0.01, authorization: 'a' };
    expect((await app.call('POST', `/v1/sessions/${id}/usage`, late)).body).toMatchObject({
      authorization: 'expired',
      continue: false,
    });
    expect(await stored(id)).toMatchObject({ spent: 10_000, overshoot: 10_000 });
  });

  test('of a session that never ended return its whole hold after the idle timeout', async () => {
    const { app, id } = await newSession();
    await authorize(app, id, 'a');
    expect(await stored(id)).toMatchObject({ held: cap, period_held: cap });
    await advance(app, 'PT31M');
    await sweep(api.database.ledger);
    expect(await stored(id)).toMatchObject({ held: 0, period_held: 0, open: 0 });
  });

  test('cover their call though the session was ended meanwhile', async () => {
    const { app, id } = await newSession();
    await authorize(app, id, 'a');
    await app.call('POST', `/v1/sessions/${id}/end`);
    const usage = {
      id: 'e',
      model: call.model,
      input_tokens: 1_000,
      output_tokens: 1_000,
      authorization: 'a',
    };
    expect((await app.call('POST', `/v1/sessions/${id}/usage`, usage)).body).toMatchObject({
      authorization: 'settled',
      continue: false,
    });
    expect(await stored(id)).toMatchObject({ spent: 18_000, held: 0, period_held: 0, overshoot: 0 });
  });

  test('are refused with the reason: session ended, model of another tier, model without a price', async () => {
    const { app, id } = await newSession();
    const other = await authorize(app, id, 'a', { ...call, model: 'gpt-5' });
    expect(other.status).toBe(422);
    expect(other.body).toMatchObject({
      type: expect.stringContaining('model-not-in-tier'),
      detail: expect.stringContaining('claude-sonnet-4-5'),
      errors: [{ pointer: '/model' }],
    });
    await app.call('POST', `/v1/sessions/${id}/end`);
    const ended = await authorize(app, id, 'a');
    expect(ended.status).toBe(409);
    expect(ended.body.type).toContain('session-ended');
    expect((await authorize(app, 'ses_none', 'a')).status).toBe(404);
  });

  test('are counted by outcome, and overshoot in micro-dollars', async () => {
    const { app, id } = await newSession();
    const figure = async (name: string) => {
      const text = await (await fetch(`${api.url}/metrics`)).text();
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1] ?? 0,
      );
    };
    const granted = 'stipend_authorizations_total{outcome="granted"}';
    const overshoot = 'stipend_overshoot_micro_usd_total';
    const before = [await figure(granted), await figure(overshoot)];
    await authorize(app, id, 'a');
    await app.call('POST', `/v1/sessions/${id}/usage`, { id: 'e', cost_usd: 0.25 });
    const after = [await figure(granted), await figure(overshoot)];
    // A quarter of a dollar without authorization, where all but what the other call reserved is free.
    expect(after.map((value, index) => value - (before[index] ?? 0))).toEqual([1, 250_000 - (cap - worst)]);
  });

  test.each([
    ['without a model', { ...call, model: undefined }, '/model'],
    ['with negative tokens', { ...call, input_tokens: -1 }, '/input_tokens'],
    ['with tokens beyond ten million', { ...call, max_output_tokens: 10_000_001 }, '/max_output_tokens'],
    ['with an unknown field', { ...call, tokens: 1 }, '/tokens'],
  ])('%s are refused with the field at fault, and nothing is reserved', async (_name, body, pointer) => {
    const { app, id } = await newSession();
    const reply = await authorize(app, id, 'a', body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0].pointer).toBe(pointer);
    expect(await stored(id)).toMatchObject({ open: 0 });
  });
});

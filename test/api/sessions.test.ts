import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type TestApi, startApi } from '../setup/product.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('admission', () => {
  test('of 40 simultaneous requests admits as many as may run at once, and not one more', async () => {
    const app = await api.app();
    const replies = await Promise.all(
      Array.from({ length: 40 }, () => app.call('POST', '/v1/users/ada/sessions')),
    );
    const admitted = replies.filter((reply) => reply.status === 201);
    expect(admitted).toHaveLength(2);
    for (const reply of replies.filter((one) => one.status !== 201)) {
      expect([429, 403, 503]).toContain(reply.status);
    }
    expect((await app.call('GET', '/v1/users/ada/usage')).body.month.used).toBe(2);
  });

  test('with an idempotency key is made once, and its repeat answers the same', async () => {
    const app = await api.app();
    const headers = { 'idempotency-key': 'once' };
    const first = await app.call('POST', '/v1/users/ada/sessions', {}, headers);
    const second = await app.call('POST', '/v1/users/ada/sessions', {}, headers);
    expect(second.body.session.id).toBe(first.body.session.id);
    expect((await app.call('GET', '/v1/users/ada/usage')).body.month.used).toBe(1);
    const other = await app.call('POST', '/v1/users/ada/sessions', { metadata: { a: 'b' } }, headers);
    expect(other.status).toBe(422);
  });
});

describe('a refusal', () => {
  test('is the RateLimit draft’s problem, with its header fields, the one limit named and all that bind', async () => {
    const app = await api.app();
    await app.call('PUT', '/v1/users/ada', { registered_at: new Date().toISOString() });
    for (let started = 0; started < 2; started += 1) await app.call('POST', '/v1/users/ada/sessions');
    const refused = await app.call('POST', '/v1/users/ada/sessions');
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      limited_by: 'probation',
      violated_policies: ['probation', 'concurrent'],
      'violated-policies': ['probation', 'concurrent'],
      usage: { limited_by: 'probation' },
    });
    const left = (name: string) => refused.headers.get(name);
    expect(left('ratelimit-policy')).toBe('"day";q=3, "month";q=10');
    expect(left('ratelimit')).toMatch(/^"day";r=1;t=\d+, "month";r=8;t=\d+$/);
    const seconds = (Date.parse(refused.body.resets_at) - Date.now()) / 1_000;
    expect(Math.abs(Number(left('retry-after')) - seconds)).toBeLessThan(5);
  });
});

describe('a host whose clock is wrong', () => {
  afterEach(() => void vi.useRealTimers());

  test.each([
    ['three days ahead', 3],
    ['three days behind', -3],
  ])('by %s decides by the database’s clock', async (_how, days) => {
    const app = await api.app();
    const before = (await app.call('POST', '/v1/users/ada/sessions')).body;
    const called = new Date().toISOString();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
    const after = (await app.call('POST', '/v1/users/ada/sessions')).body;
    expect(after.usage.month).toEqual({ ...before.usage.month, used: 2, remaining: 8 });
    expect(after.usage.today.resets_at).toBe(before.usage.today.resets_at);
    const lasts = Date.parse(after.session.expires_at) - Date.parse(before.session.expires_at);
    expect(Math.abs(lasts)).toBeLessThan(60_000);
    const use = (occurred_at: string) =>
      app.call('POST', `/v1/sessions/${after.session.id}/usage`, {
        id: occurred_at,
        cost_usd: 0.01,
        occurred_at,
      });
    expect((await use(called)).status).toBe(200);
    const tomorrow = new Date(Date.parse(called) + 86_400_000).toISOString();
    expect((await use(tomorrow)).body).toMatchObject({
      status: 422,
      detail: expect.stringContaining('occurred_at'),
    });
  });
});

describe('the user view', () => {
  test('speaks the user’s language, or English where it has no words in it, and says which', async () => {
    const app = await api.app();
    const told = async (locale: string) => (await app.call('PUT', '/v1/users/ada', { locale })).body;
    expect(await told('de-AT')).toMatchObject({
      language: 'de',
      message: expect.stringMatching(/^0 von 10 KI-Sitzungen genutzt\. Ihr Kontingent beginnt am /),
      upgrade: {
        plan: 'Pro',
        price_text: '12,50 $ im Monat',
        benefits: ['Unbegrenzt viele Sitzungen', 'Immer das stärkste Modell'],
      },
    });
    expect(await told('es-MX')).toMatchObject({ language: 'es', upgrade: { price_text: '12,50 $ al mes' } });
    expect(await told('pt-BR')).toMatchObject({
      language: 'en',
      message: expect.stringMatching(/^0 of 10 AI sessions used\./),
      upgrade: {
        price_text: '$12.50 a month',
        benefits: ['Unlimited sessions', 'The strongest model at all times'],
      },
    });
  });
});

describe('usage', () => {
  test('is counted once however often it is sent; the same id for another call is a conflict', async () => {
    const app = await api.app();
    const { id } = (await app.call('POST', '/v1/users/ada/sessions')).body.session;
    const event = { id: 'call-1', model: 'claude-sonnet-4-5', input_tokens: 1_000, output_tokens: 500 };
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => app.call('POST', `/v1/sessions/${id}/usage`, event)),
    );
    for (const reply of replies) expect(reply.status).toBe(200);
    const { rows } = await api.database.ledger.pool.query(
      'select spent_micro_usd, usage_events from sessions where session_id = $1',
      [id],
    );
    // 1,000 × $3 and 500 × $15 per million tokens.
    expect(rows[0]).toEqual({ spent_micro_usd: 10_500, usage_events: 1 });
    const conflict = await app.call('POST', `/v1/sessions/${id}/usage`, { ...event, output_tokens: 501 });
    expect(conflict.status).toBe(409);
  });

  test('prices tokens read from a cache and written into one apart; a model without a price counts nothing', async () => {
    const app = await api.app();
    const { id } = (await app.call('POST', '/v1/users/ada/sessions')).body.session;
    const event = {
      model: 'claude-sonnet-4-5',
      input_tokens: 1_000,
      output_tokens: 0,
      cached_input_tokens: 400,
    };
    const send = (change: object) => app.call('POST', `/v1/sessions/${id}/usage`, { ...event, ...change });
    expect((await send({ id: 'e1', cache_write_tokens: 400 })).status).toBe(200);
    expect((await send({ id: 'e2', cache_write_tokens: 601 })).body.errors).toMatchObject([
      { pointer: '/cache_write_tokens' },
    ]);
    expect((await send({ id: 'e3', model: 'no-such-model' })).body).toMatchObject({
      status: 422,
      detail:
        'model: no-such-model has no known price: send cost_usd, or state the model under prices in the policy',
    });
    const { rows } = await api.database.ledger.pool.query(
      'select spent_micro_usd, usage_events from sessions where session_id = $1',
      [id],
    );
    // 200 × $3, 400 × $0.30 and 400 × $3.75 per million tokens.
    expect(rows[0]).toEqual({ spent_micro_usd: 2_220, usage_events: 1 });
  });

  test('past the cap of its session says stop, and names the session as the limit', async () => {
    const app = await api.app();
    const { id } = (await app.call('POST', '/v1/users/ada/sessions')).body.session;
    const reply = await app.call('POST', `/v1/sessions/${id}/usage`, { id: 'e', cost_usd: 0.25 });
    expect(reply.body).toMatchObject({ continue: false, limited_by: 'session' });
  });

  test('never shows dollars to the user', async () => {
    const app = await api.app();
    const { id } = (await app.call('POST', '/v1/users/ada/sessions')).body.session;
    await app.call('POST', `/v1/sessions/${id}/usage`, { id: 'e', cost_usd: 0.123 });
    const { upgrade: _priceOfThePlan, ...usage } = (await app.call('GET', '/v1/users/ada/usage')).body;
    expect(JSON.stringify(usage)).not.toMatch(/\$|usd|micro|0\.123/i);
  });
});

describe('a session that ends', () => {
  test('unused gives its place back', async () => {
    const app = await api.app();
    const { id } = (await app.call('POST', '/v1/users/ada/sessions')).body.session;
    const ended = await app.call('POST', `/v1/sessions/${id}/end`);
    expect(ended.body.usage.month.used).toBe(0);
  });

  test('twice is one end', async () => {
    const app = await api.app();
    const { id } = (await app.call('POST', '/v1/users/ada/sessions')).body.session;
    const first = await app.call('POST', `/v1/sessions/${id}/end`);
    const second = await app.call('POST', `/v1/sessions/${id}/end`);
    expect(second.status).toBe(200);
    expect(second.body.session.ended_at).toBe(first.body.session.ended_at);
  });
});

describe('operations', () => {
  test.each(['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs', '/docs/problems'])(
    '%s answers without a key',
    async (path) => {
      const response = await fetch(api.url + path);
      expect(response.status).toBe(200);
      expect((await response.text()).length).toBeGreaterThan(5);
    },
  );
});

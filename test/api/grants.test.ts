import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentPeriod } from '../../domain/account/change.ts';
import { appId, userId } from '../../domain/ids.ts';
import { readTotals } from '../../ledger/totals.ts';
import { consult } from '../../ledger/transact.ts';
import { type TestApi, type TestApp, request, startApi } from '../setup/product.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const sessions = { reason: 'a school class', sessions: 5 };

async function newUser(): Promise<TestApp> {
  const app = await api.app();
  await app.call('PUT', '/v1/users/ada', {});
  return app;
}

const grant = (app: TestApp, body: unknown, key?: string) =>
  request(
    `${api.url}/v1/users/ada/grants`,
    'POST',
    app.growthKey,
    body,
    key === undefined ? {} : { 'idempotency-key': key },
  );

const advance = async (app: TestApp, by: string) => {
  expect((await app.call('POST', '/v1/test-clock/advance', { by, wait: false })).status).toBe(200);
};

describe('a grant', () => {
  test('is in force when it is answered, says where the limit comes from, and the user sees it', async () => {
    const app = await newUser();
    const made = await grant(app, { ...sessions, budget_usd: 1, until: '2199-01-01T00:00:00Z', by: 'maya' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      kind: 'grant',
      sessions: 5,
      budget_usd: 1,
      priority: 100,
      by: 'maya',
      remaining: { sessions: 5, budget_usd: 1 },
      limits: {
        per_month: {
          value: 15,
          source: 'grant',
          contributions: [
            { source: 'plan', value: 10, id: null },
            { source: 'grant', value: 5, id: made.body.id, reason: 'a school class' },
          ],
        },
        budget_per_month_usd: { value: 3, source: 'grant' },
      },
    });
    expect((await app.call('GET', '/v1/users/ada/usage')).body.month).toMatchObject({ limit: 15 });
    const { body: limits } = await app.growth('GET', '/v1/users/ada/limits');
    expect(limits.limits).toEqual(made.body.limits);
    expect(limits.period).toMatchObject({ number: 1, sessions_used: 0, spent_usd: 0 });
  });

  test('made twice under one Idempotency-Key, even at once, is one grant; another one under it is a mistake', async () => {
    const app = await newUser();
    const replies = await Promise.all(Array.from({ length: 8 }, () => grant(app, sessions, 'once')));
    const made = replies.filter(({ status }) => status === 201);
    expect(made).toHaveLength(8);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    const repeat = await grant(app, sessions, 'once');
    expect(repeat.body).toMatchObject({ id: made[0]?.body.id, sessions: 5 });
    expect(repeat.body.limits.per_month.value).toBe(15);
    expect((await grant(app, { ...sessions, sessions: 6 }, 'once')).status).toBe(422);
  });

  test('reaches the workflow with the next totals, limits included', async () => {
    const app = await newUser();
    await grant(app, sessions);
    const [totals] = await readTotals(api.database.ledger, [{ appId: appId(app.id), userId: userId('ada') }]);
    expect(totals?.commands).toMatchObject([{ kind: 'grant', sessions: 5 }]);
    expect(totals?.periods[0]).toMatchObject({ sessionsLimit: 15 });
    const { rows } = await api.database.ledger.pool.query(
      'select send_at is not null as marked from outbox where app_id = $1',
      [app.id],
    );
    expect(rows).toEqual([{ marked: true }]);
  });

  test('that ends is kept in the ledger with what it gave to the period', async () => {
    const app = await newUser();
    await app.growth('POST', '/v1/users/ada/overrides', {
      reason: 'one at a time',
      limits: { per_month: 1, per_day: null },
    });
    const now = Date.parse((await app.call('GET', '/v1/test-clock')).body.now);
    const until = new Date(now + 3_600_000).toISOString();
    const { body: made } = await grant(app, { ...sessions, until });
    for (const id of ['e1', 'e2', 'e3']) {
      const { session } = (await app.call('POST', '/v1/users/ada/sessions', { confirmed: true })).body;
      await app.call('POST', `/v1/sessions/${session.id}/usage`, { id, cost_usd: 0.01 });
      await app.call('POST', `/v1/sessions/${session.id}/end`);
    }
    await advance(app, 'PT2H');
    const refused = await app.call('POST', '/v1/users/ada/sessions', { confirmed: true });
    expect(refused.body).toMatchObject({ limited_by: 'month', usage: { month: { used: 3, limit: 3 } } });
    const stored = await consult(
      api.database.ledger,
      { appId: appId(app.id), userId: userId('ada') },
      ({ state }) => currentPeriod(state).drawnBefore,
    );
    expect(stored).toEqual({ [made.id]: { sessions: 0, spent: 0, here: { sessions: 2, spent: 0 } } });
  });

  test('is drawn across a reset exactly once', async () => {
    const app = await newUser();
    await app.growth('POST', '/v1/users/ada/overrides', {
      reason: 'a small plan',
      limits: { per_month: 2, per_day: null },
    });
    await grant(app, { ...sessions, sessions: 3 });
    for (const id of ['e1', 'e2', 'e3', 'e4']) {
      const { session } = (await app.call('POST', '/v1/users/ada/sessions', { confirmed: true })).body;
      await app.call('POST', `/v1/sessions/${session.id}/usage`, { id, cost_usd: 0.01 });
      await app.call('POST', `/v1/sessions/${session.id}/end`);
    }
    await advance(app, 'P32D');
    const { body } = await app.growth('GET', '/v1/users/ada/limits');
    expect(body.period).toMatchObject({ number: 2, sessions_used: 0 });
    expect(body.limits.per_month.value).toBe(3);
    expect(body.modifiers.find((one: any) => one.kind === 'grant').remaining).toMatchObject({ sessions: 1 });
  });

  test.each([
    ['of nothing', { reason: 'none' }, 400, 'sessions'],
    ['without a reason', { sessions: 5 }, 400, 'reason'],
    ['of too many sessions', { ...sessions, sessions: 100_001 }, 400, 'sessions'],
    ['of too many dollars', { ...sessions, budget_usd: 10_001 }, 400, 'budget_usd'],
    ['that ended in the past', { ...sessions, until: '2020-01-01T00:00:00Z' }, 422, 'until'],
    [
      'that ends before it starts',
      { ...sessions, from: '2199-01-01T00:00:00Z', until: '2198-01-01T00:00:00Z' },
      422,
      'until',
    ],
  ])('%s is refused with the field at fault', async (_name, body, status, field) => {
    const app = await newUser();
    const reply = await grant(app, body);
    expect(reply.status).toBe(status);
    expect(reply.body.detail).toContain(field);
    expect((await app.growth('GET', '/v1/users/ada/limits')).body.modifiers).toEqual([]);
  });

  test('for a user nobody has heard of is 404 and makes no account', async () => {
    const app = await api.app();
    expect((await grant(app, sessions)).status).toBe(404);
    expect((await app.growth('GET', '/v1/users/ada/limits')).status).toBe(404);
  });

  test('needs a key of growth', async () => {
    const app = await newUser();
    expect((await app.call('POST', '/v1/users/ada/grants', sessions)).status).toBe(403);
    expect((await app.call('GET', '/v1/users/ada/limits')).status).toBe(403);
  });

  test('beyond fifty in force is refused until one is withdrawn', async () => {
    const app = await newUser();
    for (let made = 0; made < 50; made += 1) expect((await grant(app, sessions)).status).toBe(201);
    expect((await grant(app, sessions)).status).toBe(409);
    const [first] = (await app.growth('GET', '/v1/users/ada/limits')).body.modifiers;
    await app.growth('DELETE', `/v1/users/ada/modifiers/${first.id}`);
    expect((await grant(app, sessions)).status).toBe(201);
  });
});

describe('an override', () => {
  test('rules the next admission and is shown with its source; withdrawn, the plan rules again', async () => {
    const app = await newUser();
    const made = await app.growth('POST', '/v1/users/ada/overrides', {
      reason: 'a pilot',
      limits: {
        concurrent: 1,
        budget_per_session_usd: 0.5,
        budget_per_month_usd: 10,
        per_session_tokens: 500,
      },
    });
    expect(made.body).toMatchObject({
      kind: 'override',
      set: { concurrent: 1, budget_per_session_usd: 0.5, budget_per_month_usd: 10, per_session_tokens: 500 },
      limits: {
        concurrent: { value: 1, source: 'override' },
        visible_budget_per_month_usd: { value: 8, source: 'override' },
      },
    });
    expect((await app.call('POST', '/v1/users/ada/sessions')).status).toBe(201);
    expect((await app.call('POST', '/v1/users/ada/sessions')).body).toMatchObject({
      limited_by: 'concurrent',
    });
    expect((await app.growth('GET', '/v1/users/ada/limits')).body.period.held_usd).toBe(0.5);
    const gone = await app.growth('DELETE', `/v1/users/ada/modifiers/${made.body.id}?reason=over`);
    expect(gone.body.limits.concurrent).toMatchObject({ value: 2, source: 'plan' });
    expect((await app.growth('DELETE', `/v1/users/ada/modifiers/${made.body.id}`)).status).toBe(404);
    const { entries } = (await app.growth('GET', '/v1/users/ada/timeline')).body;
    const act = entries.find(({ details }: any) => details.act === 'override');
    expect(act.details.limits).toEqual(made.body.set);
    expect((await app.call('POST', '/v1/users/ada/sessions')).status).toBe(201);
  });

  const override = (app: TestApp, limits: object, window: object = {}) =>
    app.growth('POST', '/v1/users/ada/overrides', { reason: 'a pilot', limits, ...window });

  test.each([
    ['more for one session than the plan has for the month', { budget_per_session_usd: 2.01 }, 'session'],
    ['less for the month than the plan has for one session', { budget_per_month_usd: 0.19 }, 'month'],
    ['both, at odds', { budget_per_session_usd: 5, budget_per_month_usd: 4.99 }, 'session'],
  ])('that would lock the user out is refused and the field named: %s', async (_name, limits, field) => {
    const app = await newUser();
    const reply = await override(app, limits);
    expect(reply.status).toBe(422);
    expect(reply.body.type).toContain('contradicting-limits');
    expect(reply.body.errors).toMatchObject([{ in: 'body', pointer: `/limits/budget_per_${field}_usd` }]);
    expect((await app.growth('GET', '/v1/users/ada/limits')).body.modifiers).toEqual([]);
    expect((await app.call('POST', '/v1/users/ada/sessions')).status).toBe(201);
  });

  test('that fits only while another one lasts is refused, and the time told; within it, it is taken', async () => {
    const app = await newUser();
    const now = Date.parse((await app.call('GET', '/v1/test-clock')).body.now);
    const inDays = (days: number) => new Date(now + days * 86_400_000).toISOString();
    expect((await override(app, { budget_per_month_usd: 20 }, { until: inDays(10) })).status).toBe(201);
    const outlasting = await override(app, { budget_per_session_usd: 5 }, { until: inDays(11) });
    expect(outlasting.status).toBe(422);
    expect(outlasting.body.detail).toContain(`from ${inDays(10).slice(0, 19)}`);
    expect((await override(app, { budget_per_session_usd: 5 }, { until: inDays(10) })).status).toBe(201);
  });

  test('that another one needs is not withdrawn before it', async () => {
    const app = await newUser();
    const budget = (await override(app, { budget_per_month_usd: 20 })).body.id;
    const session = (await override(app, { budget_per_session_usd: 5 })).body.id;
    const withdrawn = (id: string) => app.growth('DELETE', `/v1/users/ada/modifiers/${id}`);
    const refused = await withdrawn(budget);
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([{ in: 'path', parameter: 'modifier' }]);
    expect((await withdrawn(session)).status).toBe(200);
    expect((await withdrawn(budget)).status).toBe(200);
  });

  test('of no limit is refused', async () => {
    const app = await newUser();
    const reply = await app.growth('POST', '/v1/users/ada/overrides', { reason: 'none', limits: {} });
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0].pointer).toBe('/limits');
  });
});

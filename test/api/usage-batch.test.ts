import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const sessionOf = async (app: TestApp, user: string): Promise<string> =>
  (await app.call('POST', `/v1/users/${user}/sessions`)).body.session.id;

const report = (app: TestApp, events: readonly object[]) => app.call('POST', '/v1/usage', { events });

const spentOf = async (app: TestApp): Promise<number> => {
  const { rows } = await api.database.ledger.pool.query<{ spent: number }>(
    'select coalesce(sum(spent_micro_usd), 0)::bigint as spent from periods where app_id = $1',
    [app.id],
  );
  return rows[0]?.spent ?? 0;
};

const statuses = (reply: { body: any }): string[] =>
  reply.body.results.map((result: { status: string }) => result.status);

test('a batch answers each event in its place, and a bad one spoils no other', async () => {
  const app = await api.app();
  const session = await sessionOf(app, 'ada');
  const reply = await report(app, [
    { id: 'a', session, cost_usd: 0.01 },
    { id: 'b', session, model: 'no-such-model', input_tokens: 1, output_tokens: 1 },
    { id: 'c', session: 'nobody', cost_usd: 0.01 },
    { id: 'd', session, cost_usd: -1 },
    { id: 'a', session, cost_usd: 0.01 },
    { id: 'a', session, cost_usd: 0.02 },
    { session, cost_usd: 0.01 },
    { id: 'e', session, model: 'claude-sonnet-4-5', input_tokens: 100, output_tokens: 10 },
  ]);
  expect(reply.status).toBe(200);
  expect(statuses(reply)).toEqual([
    'counted',
    'refused',
    'refused',
    'refused',
    'counted',
    'refused',
    'refused',
    'counted',
  ]);
  const pointers = reply.body.results.map((result: any) => result.problem?.errors?.[0]?.pointer ?? null);
  expect(pointers).toEqual([
    null,
    '/events/1/model',
    '/events/2/session',
    '/events/3/cost_usd',
    null,
    '/events/5/id',
    '/events/6/id',
    null,
  ]);
  expect(await spentOf(app)).toBe(10_000 + 450);
});

test('a batch sent again, at the same time and shuffled, counts each event once', async () => {
  const app = await api.app();
  const sessions = [await sessionOf(app, 'ada'), await sessionOf(app, 'bob'), await sessionOf(app, 'cleo')];
  const events = Array.from({ length: 90 }, (_, index) => ({
    id: `e${index}`,
    session: sessions[index % 3],
    cost_usd: 0.001,
  }));
  const replies = await Promise.all([
    report(app, events),
    report(app, events.toReversed()),
    report(app, events),
  ]);
  expect(new Set(replies.flatMap(statuses))).toEqual(new Set(['counted']));
  expect(await spentOf(app)).toBe(90_000);
});

test('an event that the single route counted is a repeat in a batch, and the other way round', async () => {
  const app = await api.app();
  const session = await sessionOf(app, 'ada');
  await app.call('POST', `/v1/sessions/${session}/usage`, { id: 'one', cost_usd: 0.01 });
  const reply = await report(app, [
    { id: 'one', session, cost_usd: 0.01 },
    { id: 'two', session, cost_usd: 0.01 },
  ]);
  expect(statuses(reply)).toEqual(['counted', 'counted']);
  await app.call('POST', `/v1/sessions/${session}/usage`, { id: 'two', cost_usd: 0.01 });
  expect(await spentOf(app)).toBe(20_000);
});

test('authorized calls in a batch settle what each reserved, and none overshoots', async () => {
  const app = await api.app();
  const session = await sessionOf(app, 'ada');
  for (const id of ['a1', 'a2']) {
    await app.call('POST', `/v1/sessions/${session}/authorizations`, {
      id,
      model: 'claude-sonnet-4-5',
      input_tokens: 100,
      max_output_tokens: 100,
    });
  }
  const call = { session, model: 'claude-sonnet-4-5', input_tokens: 100, output_tokens: 50 };
  const events = [
    { ...call, id: 'e1', authorization: 'a1' },
    { ...call, id: 'e2', authorization: 'a2' },
    { ...call, id: 'e3', authorization: 'a3' },
  ];
  const reply = await report(app, events);
  const outcomes = reply.body.results.map((result: any) => result.authorization);
  expect(outcomes).toEqual(['settled', 'settled', 'unknown']);
  expect((await report(app, events)).body).toEqual(reply.body);
});

test('1,000 events of one session are taken in one call, 1,001 and none are refused with the field', async () => {
  const app = await api.app();
  const session = await sessionOf(app, 'ada');
  const events = Array.from({ length: 1_001 }, (_, index) => ({
    id: `e${index}`,
    session,
    cost_usd: 0.0001,
  }));
  const tooMany = await report(app, events);
  expect(tooMany.status).toBe(400);
  expect(tooMany.body.errors[0].pointer).toBe('/events');
  expect((await report(app, [])).status).toBe(400);
  const reply = await report(app, events.slice(1));
  expect(new Set(statuses(reply))).toEqual(new Set(['counted']));
  expect(await spentOf(app)).toBe(100_000);
});

test('a batch cannot reach another app’s session', async () => {
  const [mine, theirs] = [await api.app(), await api.app()];
  const session = await sessionOf(theirs, 'ada');
  const reply = await report(mine, [{ id: 'e', session, cost_usd: 0.01 }]);
  expect(statuses(reply)).toEqual(['refused']);
  expect(await spentOf(theirs)).toBe(0);
});

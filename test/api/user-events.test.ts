import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
let app: TestApp;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  app = await api.app();
});
afterAll(() => api.stop());

const ask = (user = 'ada') => app.call('POST', `/v1/users/${user}/sessions`, { confirmed: true });
const tell = (event: string, rest: object = {}, headers = {}) =>
  app.call('POST', '/v1/users/ada/events', { event, ...rest }, headers);
const rowsOf = async (table: string) =>
  (await api.database.ledger.pool.query(`select * from ${table} where app_id = $1`, [app.id])).rows;

/** Two sessions at once are all that the free plan allows. */
async function limited(): Promise<void> {
  await ask();
  await ask();
  expect((await ask()).status).toBe(429);
}

describe('with no Temporal at all', () => {
  test('an upgrade lifts the limits of the next request, and a downgrade puts them back without a refill', async () => {
    await limited();
    const upgraded = await tell('upgraded', { plan: 'Team', note: 'paid by card' });
    expect(upgraded).toMatchObject({
      status: 201,
      body: {
        event: 'upgraded',
        outcome: 'recorded',
        reason: null,
        lifecycle: 'upgraded',
        usage: { plan: 'Team', stage: 'clear', month: { used: 2, limit: null, remaining: null } },
      },
    });
    for (let session = 0; session < 20; session += 1) {
      const { status, body, headers } = await ask();
      expect([status, body.usage.plan, headers.get('ratelimit')]).toEqual([201, 'Team', null]);
    }
    const downgraded = await tell('downgraded');
    expect(downgraded.body).toMatchObject({
      lifecycle: 'active',
      usage: { plan: 'free', month: { used: 22 } },
    });
    expect(await ask()).toMatchObject({ status: 429, body: { limited_by: 'month' } });
  });

  test('each event is kept with its times, those that changed something alone', async () => {
    await ask();
    const at = '2026-10-01T12:00:00Z';
    await tell('upgrade_page_viewed', { occurred_at: at, note: 'from the nudge' });
    await tell('upgraded', { occurred_at: '2026-10-01T12:05:00Z' });
    await tell('upgraded');
    await tell('downgraded', { occurred_at: '2026-10-01T12:01:00Z' });
    const kept = (await rowsOf('user_events')).map(({ kind, plan, note, occurred_at }) => ({
      kind,
      plan,
      note,
      occurred_at: new Date(occurred_at).toISOString(),
    }));
    expect(kept).toEqual([
      {
        kind: 'upgrade_page_viewed',
        plan: null,
        note: 'from the nudge',
        occurred_at: '2026-10-01T12:00:00.000Z',
      },
      { kind: 'upgraded', plan: 'Pro', note: '', occurred_at: '2026-10-01T12:05:00.000Z' },
    ]);
    const commands = await rowsOf('commands');
    expect(commands.map(({ kind, number }) => [kind, number])).toEqual([['upgrade', 1]]);
  });

  test.each([
    ['a repeat without a key', 'upgraded', {}, 'already_upgraded'],
    [
      'a downgrade that happened before the upgrade',
      'downgraded',
      { occurred_at: '2026-01-01T00:00:00Z' },
      'superseded',
    ],
  ])('%s changes nothing and says so', async (_name, event, rest, reason) => {
    await ask();
    await tell('upgraded');
    const before = [await rowsOf('accounts'), await rowsOf('commands'), await rowsOf('user_events')];
    expect(await tell(event, rest)).toMatchObject({
      status: 200,
      body: { outcome: 'unchanged', reason, lifecycle: 'upgraded' },
    });
    expect([await rowsOf('accounts'), await rowsOf('commands'), await rowsOf('user_events')]).toEqual(before);
  });

  test('a repeat under its key after the answer was lost is not told as a repeat of the upgrade', async () => {
    await ask();
    const key = { 'Idempotency-Key': 'once' };
    await tell('upgraded', {}, key);
    await api.database.ledger.pool.query('delete from answers where app_id = $1', [app.id]);
    expect(await tell('upgraded', {}, key)).toMatchObject({ status: 201, body: { outcome: 'recorded' } });
    expect(await rowsOf('commands')).toHaveLength(1);
  });

  test('a crowd that upgrades one user makes one command', async () => {
    await ask();
    const replies = await Promise.all(Array.from({ length: 12 }, () => tell('upgraded')));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await rowsOf('commands')).toHaveLength(1);
  });
});

describe('what is refused', () => {
  test.each([
    ['an unknown user', '/v1/users/nobody/events', { event: 'upgraded' }, 404, undefined],
    [
      'a page view of an unknown user',
      '/v1/users/nobody/events',
      { event: 'upgrade_page_viewed' },
      404,
      undefined,
    ],
    [
      'a plan for a page view',
      '/v1/users/ada/events',
      { event: 'upgrade_page_viewed', plan: 'Pro' },
      400,
      '/plan',
    ],
    [
      'a free plan that is not there',
      '/v1/users/ada/events',
      { event: 'downgraded', plan: 'none' },
      422,
      '/plan',
    ],
    [
      'a time to come',
      '/v1/users/ada/events',
      { event: 'upgraded', occurred_at: '2199-01-01T00:00:00Z' },
      422,
      '/occurred_at',
    ],
    ['an event nobody knows', '/v1/users/ada/events', { event: 'left' }, 400, '/event'],
  ])('%s', async (_name, path, body, status, pointer) => {
    await ask();
    const reply = await app.call('POST', path, body);
    expect(reply.status).toBe(status);
    expect(reply.body.errors?.[0]?.pointer).toBe(pointer);
  });
});

test('the timeline tells who pays from when on', async () => {
  await ask();
  await tell('upgraded', { plan: 'Pro' });
  const { body } = await app.growth('GET', '/v1/users/ada/timeline');
  const act = body.entries.find(({ kind }: { kind: string }) => kind === 'act');
  expect(act.details).toMatchObject({ act: 'upgrade', plan: 'Pro' });
  expect(act.text).toContain('upgrade to Pro');
});

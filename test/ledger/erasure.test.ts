import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { eraseAccount } from '../../ledger/erase-account.ts';
import { erasuresUnderWay, findErasure, forgetErasures, noteErasure } from '../../ledger/erasures.ts';
import { checkInvariants } from '../../ledger/invariants.ts';
import { claimMarks, lanes } from '../../ledger/outbox.ts';
import { liveAHistory } from '../setup/a-history.ts';
import { type TestApi, type TestApp, request, startApi } from '../setup/product.ts';

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

const ada = () => ({ appId: appId(app.id), userId: userId('ada') });
const eraseByApi = (query = `?app=${app.id}`) =>
  request(`${api.url}/v1/users/ada${query}`, 'DELETE', adminKey);
const ask = () => app.call('POST', '/v1/users/ada/sessions', { confirmed: true });
const usage = async () => (await app.call('GET', '/v1/users/ada/usage')).body;
const query = async (text: string, ...values: unknown[]) =>
  (await api.database.ledger.pool.query(text, values)).rows;

/** Asks for the erasure and does the ledger's part, as the worker does once Temporal is quiet. */
async function erased(): Promise<void> {
  expect((await eraseByApi()).status).toBe(202);
  expect(await eraseAccount(api.database.ledger, ada())).toBe(true);
}

/** The tables in which a row of the app holds the word. */
async function tablesThatName(word: string): Promise<string[]> {
  const tables = await query(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await query(
        `select count(*) as n from "${name}" x where x::text ~ $1 and x::text ~ $2`,
        word,
        app.id,
      );
      return row.n > 0 ? [name] : [];
    }),
  );
  return found.flat();
}

/** Something of the user in every table that has users. */
async function fullLife(): Promise<void> {
  await app.call('PUT', '/v1/users/ada', { email: 'ada@lovelace.example', time_zone: 'Europe/London' });
  await liveAHistory(app);
  await app.call('POST', '/v1/users/ada/events', { event: 'upgrade_page_viewed' });
  await app.call('POST', '/v1/users/ada/events', { event: 'email_complained' });
  await app.call('POST', '/v1/users/ada/sessions', {}, { 'Idempotency-Key': 'kept' });
  const { pool } = api.database.ledger;
  await pool.query(
    `insert into notices (app_id, user_id, notice_id, kind, period, text, created_at)
     values ($1, 'ada', 'n1', 'reset', 1, 'it is back', now())`,
    [app.id],
  );
  await pool.query(
    `insert into deliveries (delivery_id, message_id, app_id, user_id, notice_id, channel, payload)
     values ($1, $1, $1, 'ada', 'n1', 'webhook', '{"user": "ada"}')`,
    [app.id],
  );
}

describe('an erasure', () => {
  test('leaves nothing in any table that names the user, and everybody else’s rows', async () => {
    await fullLife();
    await app.call('POST', '/v1/users/adam/sessions');
    const named = await tablesThatName(String.raw`\mada\M|lovelace`);
    expect(named).toEqual(
      expect.arrayContaining([
        'accounts',
        'answers',
        'audit',
        'deliveries',
        'notices',
        'sessions',
        'user_events',
      ]),
    );
    await erased();
    expect(await tablesThatName(String.raw`\mada\M|lovelace`)).toEqual([]);
    expect((await app.call('GET', '/v1/users/ada/usage')).status).toBe(404);
    expect((await app.call('GET', '/v1/users/adam/usage')).status).toBe(200);
  });

  test('is known by an HMAC of its id alone', async () => {
    await ask();
    await erased();
    const [{ inner_pad: inner }] = await query('select inner_pad from erasure_key');
    const key = Buffer.from(inner.subarray(0, 32).map((byte: number) => byte ^ 0x36));
    const [{ user_hmac: kept, user_id: plain }] = await query(
      'select * from erasures where app_id = $1',
      app.id,
    );
    expect(kept).toEqual(createHmac('sha256', key).update(`${app.id}/ada`).digest());
    expect(plain).toBeNull();
  });

  test('of a user that nobody knows, or of another app, is 404', async () => {
    expect((await eraseByApi()).status).toBe(404);
    await ask();
    const other = await api.app();
    expect((await eraseByApi(`?app=${other.id}`)).status).toBe(404);
    expect((await eraseByApi('')).status).toBe(400);
    expect(await usage()).toMatchObject({ user: 'ada' });
  });

  test('asked for twice is one, and once it is done a repeat says so', async () => {
    await ask();
    const first = await eraseByApi();
    expect(first.body).toMatchObject({ user: 'ada', state: 'erasing', erased_at: null });
    expect((await eraseByApi()).body).toEqual(first.body);
    expect(await erasuresUnderWay(api.database.ledger.pool, 10)).toContainEqual({ ...ada(), quietMs: null });
    await eraseAccount(api.database.ledger, ada());
    expect(await eraseByApi()).toMatchObject({ status: 200, body: { state: 'erased' } });
    expect(await eraseAccount(api.database.ledger, ada())).toBe(false);
  });

  test('under way lets the user go on, and tells nobody of them any more', async () => {
    await ask();
    await eraseByApi();
    expect((await ask()).status).toBe(201);
    const { pool } = api.database.ledger;
    const atMost = { limit: 100, inFlightAtMost: 100 };
    const claimed = (await Promise.all(lanes.map((lane) => claimMarks(pool, lane, atMost)))).flat();
    expect(claimed.filter(({ appId: of }) => of === app.id)).toEqual([]);
  });

  test('that fails in the middle has changed nothing and is done by a repeat', async () => {
    await fullLife();
    await eraseByApi();
    const { pool } = api.database.ledger;
    await pool.query(
      `create function stop_it() returns trigger language plpgsql as $$ begin raise 'stop'; end $$`,
    );
    await pool.query('create trigger stop_it before delete on sessions execute function stop_it()');
    const before = await query('select count(*) as n from usage_events where app_id = $1', app.id);
    await expect(eraseAccount(api.database.ledger, ada())).rejects.toThrow('stop');
    await pool.query('drop function stop_it cascade');
    expect(await query('select count(*) as n from usage_events where app_id = $1', app.id)).toEqual(before);
    expect(await eraseAccount(api.database.ledger, ada())).toBe(true);
    expect(await tablesThatName(String.raw`\mada\M`)).toEqual([]);
  });

  test('amid a crowd of admissions keeps every one that was admitted before it in the used count', async () => {
    await app.call('PUT', '/v1/users/ada', {});
    await app.growth('POST', '/v1/users/ada/overrides', {
      limits: { per_day: 1000, per_month: 1000, concurrent: 1000, budget_per_month_usd: 1000 },
      reason: 'a crowd',
    });
    await eraseByApi();
    const asked = Array.from({ length: 60 }, async () => (await ask()).status);
    const erasing = eraseAccount(api.database.ledger, ada());
    const admitted = (await Promise.all(asked)).filter((status) => status === 201).length;
    expect(await erasing).toBe(true);
    const { month } = await usage().then((view) =>
      view.month === undefined ? { month: { used: 0 } } : view,
    );
    const [{ carried }] = await query(
      "select coalesce((allowance #>> '{period,sessionsUsed}')::int, 0) as carried from erasures where app_id = $1",
      app.id,
    );
    expect(Math.max(month.used, carried)).toBe(admitted);
  });
});

describe('an id that comes back', () => {
  test('goes on with what was used of the period and the day, to the dollar, until it ends', async () => {
    for (let number = 0; number < 2; number += 1) {
      const { id } = (await ask()).body.session;
      await app.call('POST', `/v1/sessions/${id}/usage`, { id: `u${number}`, cost_usd: 0.15 });
      await app.call('POST', `/v1/sessions/${id}/end`);
    }
    const before = await usage();
    await erased();
    const back = await app.call('PUT', '/v1/users/ada', {
      registered_at: '2026-01-01T00:00:00Z',
      plan: 'free',
    });
    expect(back.body).toMatchObject({ month: before.month, today: before.today, percent: before.percent });
    const { period } = (await app.growth('GET', '/v1/users/ada/limits')).body;
    expect(period).toMatchObject({ sessions_used: 2, spent_usd: 0.3, held_usd: 0 });
    expect((await ask()).status).toBe(201);
    expect(await ask()).toMatchObject({ status: 429, body: { limited_by: 'day' } });
    await app.call('POST', '/v1/test-clock/advance', { by: 'P32D', wait: false });
    expect((await ask()).body.usage.month).toMatchObject({ used: 1, remaining: 9 });
    for (const { name, breaches } of await checkInvariants(api.database.ledger.pool, app.id, ['always'])) {
      expect([name, breaches]).toEqual([name, 0]);
    }
  });

  test('by its first session, and erased again and again, is filled up by none of it', async () => {
    for (let life = 1; life <= 3; life += 1) {
      expect((await ask()).body.usage.month.used).toBe(life);
      await erased();
    }
    expect(await ask()).toMatchObject({ status: 429, body: { limited_by: 'day' } });
  });

  test('after the period has ended starts afresh, and nothing is kept of it a day later', async () => {
    await ask();
    await erased();
    const { pool } = api.database.ledger;
    await pool.query("update erasures set erased_at = now() - interval '25 hours' where app_id = $1", [
      app.id,
    ]);
    await forgetErasures(pool);
    expect(await findErasure(pool, ada())).not.toBeNull();
    await app.call('POST', '/v1/test-clock/advance', { by: 'P32D', wait: false });
    expect((await ask()).body.usage.month.used).toBe(1);
    await forgetErasures(pool);
    expect(await findErasure(pool, ada())).toBeNull();
  });

  test('tells a story that adds up to its figures', async () => {
    await ask();
    await erased();
    await ask();
    const { entries } = (await app.growth('GET', '/v1/users/ada/timeline')).body;
    const admitted = entries.find(({ kind }: { kind: string }) => kind === 'session_admitted');
    expect(admitted.checks.find(({ check }: { check: string }) => check === 'month')).toMatchObject({
      used: 1,
    });
  });
});

test('an erasure that Temporal cannot be asked about says why and is not lost', async () => {
  await ask();
  await eraseByApi();
  const { pool } = api.database.ledger;
  await noteErasure(pool, ada(), { runs: 0 });
  expect((await erasuresUnderWay(pool, 100)).find(({ appId: of }) => of === app.id)?.quietMs).not.toBeNull();
  await noteErasure(pool, ada(), { error: 'away' });
  const [row] = await query('select last_error, quiet_since from erasures where app_id = $1', app.id);
  expect(row).toEqual({ last_error: 'away', quiet_since: null });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bringUpToDate, today } from '../../domain/account/bring-up-to-date.ts';
import { appId, userId } from '../../domain/ids.ts';
import { explainDecision } from '../../domain/story/explanation.ts';
import { standAt } from '../../domain/story/replay.ts';
import { readRecord } from '../../ledger/story.ts';
import { consult } from '../../ledger/transact.ts';
import { liveAHistory } from '../setup/a-history.ts';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
let app: TestApp;
const path = '/v1/users/ada/timeline';
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
  await liveAHistory(app);
});
afterAll(() => api.stop());

const entriesOf = async (query = ''): Promise<any[]> => (await app.growth('GET', path + query)).body.entries;

describe('the timeline of a real history', () => {
  test('tells each row of the ledger once, in order', async () => {
    const entries = await entriesOf('?limit=500');
    const { rows } = await api.database.ledger.pool.query(
      `select (select count(*) from sessions where app_id = $1) as session_admitted,
        (select count(*) from sessions where app_id = $1 and ended_at is not null) as session_ended,
        (select count(*) from usage_events where app_id = $1) as usage_counted,
        (select count(*) from authorizations where app_id = $1) as call_authorized,
        (select count(*) from authorizations where app_id = $1 and close_reason = 'expired') as authorization_expired,
        (select count(*) from crossings where app_id = $1) as step_crossed,
        (select count(*) from commands where app_id = $1) as act,
        (select count(*) from reviews where app_id = $1) as review_opened,
        (select count(*) from periods where app_id = $1) as period_opened`,
      [app.id],
    );
    for (const [kind, count] of Object.entries(rows[0])) {
      expect([kind, entries.filter((entry) => entry.kind === kind).length]).toEqual([kind, count]);
      expect([kind, Number(count) > 0]).toEqual([kind, true]);
    }
    const versions = entries.map(({ version }) => version).filter((version) => version !== null);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    const instants = entries.map(({ at }) => Date.parse(at));
    expect(instants).toEqual([...instants].sort((a, b) => a - b));
  });

  test('shows the arithmetic of an admission, which holds', async () => {
    const admissions = (await entriesOf('?limit=500')).filter(({ kind }) => kind === 'session_admitted');
    for (const { details, checks, text } of admissions) {
      const hold = checks.find((check: any) => check.check === 'hold');
      expect(details.spent_usd + details.held_usd).toBeCloseTo(hold.used, 6);
      expect(hold.used + details.hold_usd).toBeLessThanOrEqual(hold.limit + 1e-9);
      expect(checks.filter((check: any) => check.binds)).toEqual([]);
      expect(text).toContain(`Session ${details.session} admitted: sessions `);
    }
    const granted = admissions.at(-1).checks.find((check: any) => check.check === 'month');
    expect(granted).toMatchObject({ limit: 12, source: 'grant' });
  });

  test('tells of late usage, of what was given back, of expiry and of overshoot', async () => {
    const entries = await entriesOf('?limit=500');
    expect(entries.find(({ id }) => id === 'usage_counted:call-2').details).toMatchObject({
      late: true,
      taken_again: true,
    });
    const ends = entries.filter(({ kind }) => kind === 'session_ended').map(({ details }) => details);
    const { rows } = await api.database.ledger.pool.query(
      `select count(*) filter (where given_back_version is not null) as given_back,
        count(*) filter (where end_reason = 'expired') as expired from sessions where app_id = $1`,
      [app.id],
    );
    expect(ends.filter((one) => one.given_back)).toHaveLength(rows[0].given_back);
    expect(ends.filter((one) => one.end === 'expired')).toHaveLength(rows[0].expired);
    expect(rows[0]).toMatchObject({ given_back: 3, expired: 3 });
    expect(entries.find(({ id }) => id === 'usage_counted:call-3').details).toMatchObject({
      from_hold_usd: 0.2,
      overshoot_usd: 0.05,
    });
  });

  test('tells what an authorization reserved, what used it, and that another expired', async () => {
    const entries = await entriesOf('?limit=500');
    const granted = entries.find(({ id }) => id.startsWith('call_authorized:') && id.endsWith(':used'));
    // At worst every input token is written to the cache: 1,000 × $3.75 and 1,000 × $15 per million tokens.
    expect(granted.details).toMatchObject({ output_tokens: 1_000, reserved_usd: 0.018_75 });
    expect(entries.find(({ id }) => id === 'usage_counted:authorized').details).toMatchObject({
      authorization: 'used',
      cost_usd: 0.009,
      overshoot_usd: 0,
    });
    const expired = entries.find(({ kind }) => kind === 'authorization_expired');
    expect(expired.text).toContain('Authorization forgotten of ');
  });

  test('says which limit refused an attempt that is remembered, with used and limit', async () => {
    const other = await api.app();
    for (let number = 0; number < 3; number += 1) await other.call('POST', '/v1/users/ada/sessions');
    const refused = await other.call('POST', '/v1/users/ada/sessions');
    const { entries } = (await other.growth('GET', `${path}?order=newest`)).body;
    const told = entries.find(({ kind }: any) => kind === 'session_refused');
    expect(told.details).toMatchObject({
      limited_by: refused.body.limited_by,
      violated_policies: refused.body.violated_policies,
    });
    expect(told.text).toContain('running 2 of 2');
  });

  test('tells of the acts of people, and what they changed', async () => {
    const acts = (await entriesOf('?limit=500')).filter(({ kind }) => kind === 'act');
    expect(acts.map(({ details }) => details.act)).toEqual(['grant', 'flag', 'approve']);
    expect(acts[0].text).toMatch(/granted 2 sessions and 0\.50 dollars .*\(a good customer\)/);
    expect(acts.at(-1).details).toMatchObject({ standing_before: 'under_review', standing: 'good' });
  });
});

test('the replay of the rows stands where the ledger stands', async () => {
  const { ledger } = api.database;
  const account = { appId: appId(app.id), userId: userId('ada') };
  const stored = (await readRecord(ledger, account))!;
  await consult(ledger, account, ({ state }, context) => {
    const engine = bringUpToDate(state, context);
    const replayed = standAt(stored.record, { at: context.now }, stored);
    const current = engine.account.currentPeriod;
    expect(replayed.periods.find(({ number }) => number === current)).toEqual(
      engine.periods.find(({ number }) => number === current),
    );
    const { attempts: _a, ...day } = today(engine);
    expect(today(replayed)).toMatchObject(day);
    expect(explainDecision(replayed, context)).toEqual(explainDecision(engine, context));
  });
  expect.hasAssertions();
});

describe('pages', () => {
  test.each(['oldest', 'newest'])('from the %s on tell everything once', async (order) => {
    const told: string[] = [];
    let next: string | null = null;
    do {
      const cursor: string = next === null ? '' : `&cursor=${next}`;
      const { body } = await app.growth('GET', `${path}?limit=7&order=${order}${cursor}`);
      told.push(...body.entries.map(({ id }: any) => id));
      next = body.next;
    } while (next !== null);
    const whole = (await entriesOf('?limit=500')).map(({ id }) => id);
    expect(order === 'newest' ? told.toReversed() : told).toEqual(whole);
  });

  test('may be of a period, or of a span of time', async () => {
    expect((await entriesOf('?period=1&limit=500')).every(({ period }) => period === 1)).toBe(true);
    expect(await entriesOf('?period=2')).toEqual([]);
    const all = await entriesOf('?limit=500');
    const from = all[10].at;
    const to = all[20].at;
    const span = await entriesOf(`?from=${from}&to=${to}&limit=500`);
    expect(span.map(({ id }) => id)).toEqual(
      all.filter(({ at }) => at >= from && at < to).map(({ id }) => id),
    );
  });
});

describe('what cannot be told', () => {
  test('a user that the app does not have is 404', async () => {
    expect((await app.growth('GET', '/v1/users/nobody/timeline')).status).toBe(404);
  });

  test('an app key may not read dollars', async () => {
    expect((await app.call('GET', path)).status).toBe(403);
  });

  test.each(['limit=0', 'limit=501', 'period=0', 'cursor=what', 'from=yesterday', 'order=random'])(
    '%s is refused, and the parameter is named',
    async (query) => {
      const reply = await app.growth('GET', `${path}?${query}`);
      expect(reply.status).toBe(400);
      expect(reply.body.errors[0].parameter).toBe(query.split('=')[0]);
    },
  );
});

test('a story of 10,000 entries is told in pages', async () => {
  const long = await api.app();
  const { id } = (await long.call('POST', '/v1/users/ada/sessions')).body.session;
  const { pool } = api.database.ledger;
  await pool.query(
    `insert into usage_events (app_id, event_id, session_id, user_id, period, version, cost_micro_usd,
       overshoot_micro_usd, occurred_at, recorded_at, fingerprint)
     select $1, 'e' || n, $2, 'ada', 1, 1 + n, 1, 0, now(), now(), '' from generate_series(1, 10000) n`,
    [long.id, id],
  );
  await pool.query(
    `update sessions set spent_micro_usd = 10000, held_micro_usd = held_micro_usd - 10000, usage_events = 10000
     where session_id = $1`,
    [id],
  );
  const started = performance.now();
  const { status, body } = await long.growth('GET', `${path}?order=newest&limit=500`);
  const took = performance.now() - started;
  expect(status).toBe(200);
  expect(body.entries).toHaveLength(500);
  expect(body.entries[0].details).toMatchObject({ event: 'e10000', spent_usd: 0.01 });
  // Half a second on two cores, three when others use them; the bound tells a page from a quadratic story.
  expect(took).toBeLessThan(15_000);
});

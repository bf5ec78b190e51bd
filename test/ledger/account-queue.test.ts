import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { decideAdmission } from '../../domain/allowance/admission.ts';
import { type AppId, type UserId, appId, userId } from '../../domain/ids.ts';
import { DatabaseClock } from '../../ledger/database-clock.ts';
import type { TransactOptions } from '../../ledger/decision.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import { type Asking, transact, transactAll } from '../../ledger/transact.ts';
import { policyWith } from '../domain/an-account.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';

let database: TestDatabase;
let app: AppId;
let other: Ledger;
beforeAll(async () => {
  database = await createTestDatabase();
  const policy = policyWith((free) => ({
    ...free,
    sessions: { per_day: null, per_month: 100, concurrent: 50, idle_timeout: 'PT30M' },
    budget: { per_month: 100, buffer: '20%', per_session: 0.2 },
    probation: null,
  }));
  app = await database.createApp('queue', { policy });
  other = openLedger(database.url);
});
afterEach(() => vi.useRealTimers());
afterAll(async () => {
  await other.close();
  await database.drop();
});

const admit = (ledger: Ledger, user: UserId, options: TransactOptions = {}) =>
  transact(
    ledger,
    { appId: app, userId: user },
    ({ state }, context) =>
      decideAdmission(state, { confirmed: true, client: null, metadata: null }, context),
    options,
  );

/** The statements that some work took. */
async function statementsOf(ledger: Ledger, work: () => Promise<unknown>) {
  const before = { ...ledger.queue.counts };
  await work();
  const after = ledger.queue.counts;
  return {
    loads: after.loads - before.loads,
    commits: after.commits - before.commits,
    misses: after.misses - before.misses,
  };
}

test('an account costs two round trips at first sight and one from then on', async () => {
  const ada = userId('ada');
  const first = await statementsOf(database.ledger, () => admit(database.ledger, ada));
  expect(first).toEqual({ loads: 1, commits: 1, misses: 0 });
  const then = await statementsOf(database.ledger, () => admit(database.ledger, ada));
  expect(then).toEqual({ loads: 0, commits: 1, misses: 0 });
});

test('the time of an account does not run back behind the day that another process has opened', async () => {
  const eve = userId('eve');
  await admit(database.ledger, eve);
  // That process' clock runs two seconds ahead of ours.
  const { rows } = await other.pool.query<{ starts: number }>(
    `update accounts set day_starts_at = now() + interval '2 seconds', day_ends_at = now() + interval '1 day',
       version = version + 1 where user_id = $1
     returning floor(extract(epoch from day_starts_at) * 1000)::float8 as starts`,
    [eve],
  );
  const told = await transact(database.ledger, { appId: app, userId: eve }, ({ state }, { now }) => ({
    state,
    answer: now,
  }));
  expect(told?.answer).toBe(rows[0]?.starts);
});

test('what was remembered and is old costs a second try, and is decided on what stands', async () => {
  const bob = userId('bob');
  await admit(database.ledger, bob);
  await admit(other, bob);
  const { misses } = await statementsOf(database.ledger, () => admit(database.ledger, bob));
  expect(misses).toBe(1);
  const { rows } = await database.ledger.pool.query(
    'select sessions_used from periods where app_id = $1 and user_id = $2',
    [app, bob],
  );
  expect(rows).toEqual([{ sessions_used: 3 }]);
});

test('requests of 40 users at once share statements, and those of one user share a commit', async () => {
  const users = Array.from({ length: 40 }, (_, index) => userId(`many-${index}`));
  await Promise.all(users.map((user) => admit(database.ledger, user)));
  const many = await statementsOf(database.ledger, () =>
    Promise.all(users.map((user) => admit(database.ledger, user))),
  );
  expect(many.commits).toBeLessThanOrEqual(3);
  const cleo = userId('cleo');
  await admit(database.ledger, cleo);
  const one = await statementsOf(database.ledger, () =>
    Promise.all(Array.from({ length: 10 }, () => admit(database.ledger, cleo))),
  );
  expect(one.commits).toBeLessThanOrEqual(2);
  const { rows } = await database.ledger.pool.query(
    'select a.version, count(distinct s.admitted_version) as versions from accounts a join sessions s using (app_id, user_id) where user_id = $1 group by 1',
    [cleo],
  );
  expect(rows).toEqual([{ version: 11, versions: 11 }]);
});

test('a request is committed while the commit of a batch is under way, however long that takes', async () => {
  const users = Array.from({ length: 40 }, (_, index) => userId(`batch-${index}`));
  const fay = userId('fay');
  await Promise.all([...users, fay].map((user) => admit(database.ledger, user)));
  await other.pool.query(`
    create table gate (is_open boolean);
    create function wait_at_gate() returns trigger language plpgsql as $$ begin
      while not exists (select from gate) loop perform pg_sleep(0.01); end loop;
      return new;
    end $$;
    create trigger wait_at_gate before update on accounts for each row
      when (old.user_id = 'batch-20') execute function wait_at_gate();`);
  const done: string[] = [];
  const batch = Promise.all(users.map((user) => admit(database.ledger, user, { isBehindOthers: true }))).then(
    () => done.push('batch'),
  );
  await vi.waitUntil(async () => {
    const { rows } = await other.pool.query<{ waits: boolean }>(
      "select exists (select from pg_stat_activity where wait_event = 'PgSleep') as waits",
    );
    return rows[0]?.waits === true;
  });
  await admit(database.ledger, fay).then(() => done.push('request'));
  await other.pool.query('insert into gate values (true)');
  await batch;
  expect(done).toEqual(['request', 'batch']);
  await other.pool.query(
    'drop trigger wait_at_gate on accounts; drop function wait_at_gate(); drop table gate',
  );
});

test('a decision that throws fails alone, whoever shares its statement', async () => {
  const dora = userId('dora');
  const failing = transact(database.ledger, { appId: app, userId: dora }, () => {
    throw new Error('on purpose');
  });
  const outcomes = await Promise.allSettled([
    admit(database.ledger, dora),
    failing,
    admit(database.ledger, dora),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('many asked for at once are each settled in their place: the good, the thrown, the unknown, and what is too many', async () => {
  const narrow = openLedger(database.url, { queue: { waiting: 3 } });
  const asking = (name: string, in_: AppId = app): Asking<string> => ({
    address: { appId: in_, userId: userId(name) },
    decide: ({ state }) => {
      if (name === 'throws') throw new Error('on purpose');
      return { state, answer: name };
    },
  });
  const all = [asking('good'), asking('throws'), asking('unknown', appId('no-such-app')), asking('too-many')];
  const settled = await transactAll(narrow, all, {});
  expect(settled).toMatchObject([
    { status: 'fulfilled', value: { answer: 'good' } },
    { status: 'rejected', reason: { message: 'on purpose' } },
    { status: 'fulfilled', value: null },
    { status: 'rejected', reason: { name: 'AccountBusy' } },
  ]);
  // Whoever was refused or has failed waits no more: there is room for three again.
  const again = await transactAll(narrow, all.slice(0, 3), {});
  expect(again.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await transactAll(narrow, [], {})).toEqual([]);
  await narrow.close();
});

test('a host whose clock is years ahead admits by the database’s clock', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2031-01-01T00:00:00Z') });
  const eve = userId('eve');
  await admit(database.ledger, eve);
  await admit(database.ledger, eve);
  const { rows } = await database.ledger.pool.query<{ off: boolean }>(
    "select bool_or(abs(extract(epoch from now() - started_at)) > 60) as off from sessions where user_id = 'eve'",
  );
  expect(rows).toEqual([{ off: false }]);
});

test('the estimate of the database’s clock never falls and never runs ahead of it', () => {
  let monotonic = 1_000;
  const clock = new DatabaseClock(() => monotonic);
  clock.hear(5_000_000);
  monotonic += 10.9;
  expect(clock.now()).toBe(5_000_010);
  // Heard later, because the reply took longer: the estimate waits instead of falling.
  clock.hear(5_000_005);
  expect(clock.now()).toBe(5_000_010);
  monotonic += 7;
  expect(clock.now()).toBe(5_000_012);
  // The database itself went back, and rules.
  clock.hear(4_000_000);
  expect(clock.now()).toBe(4_000_000);
});

test('a request is answered before what waits behind others, though 1,000 of these came first', async () => {
  const order: string[] = [];
  const ask = async (name: string, isBehindOthers: boolean) => {
    await transact(
      database.ledger,
      { appId: app, userId: userId(name) },
      ({ state }, context) =>
        decideAdmission(state, { confirmed: true, client: null, metadata: null }, context),
      { isBehindOthers },
    );
    order.push(name);
  };
  const bulk = Array.from({ length: 1_000 }, (_, index) => ask(`bulk-${index}`, true));
  await Promise.all([...bulk, ask('in-a-hurry', false), ask('bulk-999', false)]);
  // Whoever shares their statements, or one that began at the same time, may be answered first.
  expect(order.indexOf('in-a-hurry')).toBeLessThan(300);
  expect(order.indexOf('bulk-999')).toBeLessThan(300);
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Admission, decideAdmission } from '../../domain/allowance/admission.ts';
import { register } from '../../domain/account/register.ts';
import { type AppId, appId, userId } from '../../domain/ids.ts';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { type Activated, activatePolicy } from '../../ledger/activate-policy.ts';
import { findApp } from '../../ledger/apps.ts';
import { checkInvariants } from '../../ledger/invariants.ts';
import type { Queryable } from '../../ledger/pool.ts';
import { versionOf } from '../../ledger/policies.ts';
import { lastActivation, listPolicyVersions, runningPeriods } from '../../ledger/policy-versions.ts';
import { readTotals } from '../../ledger/totals.ts';
import { transact } from '../../ledger/transact.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';

let database: TestDatabase;
let app: AppId;
let apps = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
const roomy = { ...free, sessions: { per_day: null, per_month: 1000, concurrent: 1000 }, degrade: null };
const wide: PolicyDocument = {
  ...referencePolicy,
  plans: { free: { ...roomy, budget: { per_month: 1000 } }, trial: free },
};
/** One session at a time, and dollars for one. */
const strict = {
  ...roomy,
  sessions: { ...roomy.sessions, concurrent: 1 },
  budget: { per_month: 0.3, per_session: 0.2 },
};
/** As `wide`, with half the sessions and without the trial. */
const narrow: PolicyDocument = {
  ...referencePolicy,
  plans: { free: { ...roomy, budget: { per_month: 1000 }, sessions: { ...roomy.sessions, per_month: 500 } } },
};

beforeEach(async () => {
  apps += 1;
  app = await database.createApp(`app${apps}`, { policy: wide });
});

async function admit(user: string): Promise<Admission['outcome']> {
  const done = await transact(database.ledger, { appId: app, userId: userId(user) }, (loaded, context) => {
    const { state, answer } = decideAdmission(
      loaded.state,
      { confirmed: true, client: null, metadata: null },
      context,
    );
    return { state, answer: answer.outcome };
  });
  return done?.answer ?? 'refused';
}

const putOn = (user: string, plan: string) =>
  transact(database.ledger, { appId: app, userId: userId(user) }, (loaded, context) => ({
    state: register(loaded.state, { plan }, context),
    answer: null,
  }));

async function activate(policy: PolicyDocument, now: boolean): Promise<Activated> {
  const done = await activatePolicy(database.ledger.pool, app, policy, { now, actor: 'test' });
  if (done === null) throw new Error('the app is not there');
  return done;
}

const limitOf = async (user: string): Promise<number | undefined> => {
  const [totals] = await readTotals(database.ledger, [{ appId: app, userId: userId(user) }]);
  return totals?.periods.at(-1)?.sessionsLimit;
};

const rowsOf = async <Row extends object>(text: string): Promise<Row[]> =>
  (await database.ledger.pool.query<Row>(text, [app])).rows;

/** A sandbox's clock set past everybody's reset. */
const pastTheReset = () =>
  rowsOf(`update apps set clock_offset_ms = clock_offset_ms + 40 * 86400000::bigint where app_id = $1`);

test('a running period keeps its snapshot, and the next one opens under the new version', async () => {
  await admit('ada');
  const done = await activate(narrow, false);
  expect(done).toEqual({ version: versionOf(narrow), previous: versionOf(wide), moved: null });
  await admit('ada');
  expect(await limitOf('ada')).toBe(1000);
  expect((await findApp(database.ledger.pool, app))?.policyVersion).toBe(versionOf(narrow));
  await admit('new');
  expect(await limitOf('new')).toBe(500);
  await pastTheReset();
  await admit('ada');
  expect(await limitOf('ada')).toBe(500);
});

test('with now every running period moves, counters untouched, and its workflow is told', async () => {
  for (const user of ['ada', 'bob', 'cyd']) await admit(user);
  await rowsOf('update outbox set send_at = null, acked_seq = seq where app_id = $1');
  const before = await rowsOf<{ version: number }>(
    'select version from accounts where app_id = $1 order by 1',
  );
  const seen: number[] = [];
  const done = await activatePolicy(database.ledger.pool, app, narrow, {
    now: true,
    actor: 'test',
    onProgress: (moved) => seen.push(moved),
  });
  expect(done?.moved).toEqual({ moved: 3, kept: 0 });
  expect(seen.at(-1)).toBe(3);
  expect(await limitOf('ada')).toBe(500);
  const after = await rowsOf<object>(`
select a.version, p.version as period, o.seq, o.send_at is not null as marked, p.sessions_used, p.held_micro_usd > 0 as held
from accounts a join periods p using (app_id, user_id) join outbox o using (app_id, user_id)
where app_id = $1`);
  const version = (before[0]?.version ?? 0) + 1;
  for (const row of after)
    expect(row).toEqual({
      version,
      period: version,
      seq: version,
      marked: true,
      sessions_used: 1,
      held: true,
    });
  expect(after).toHaveLength(3);
});

test('sessions keep the invariants of the policy that admitted them, when their period is moved to a stricter one', async () => {
  for (let number = 0; number < 4; number += 1) await admit('ada');
  await activate({ ...wide, plans: { ...wide.plans, free: strict } }, true);
  expect(await admit('ada')).toBe('refused');
  const checked = await checkInvariants(database.ledger.pool, app, ['always']);
  expect(checked.filter(({ breaches }) => breaches > 0)).toEqual([]);
});

test('a session beyond what its policy allows is found, before and after the period is moved', async () => {
  await admit('ada');
  await admit('ada');
  await activate({ ...wide, plans: { ...wide.plans, free: strict } }, true);
  // As if the stricter policy had admitted the second one.
  await rowsOf('update policy_changes set version = 2 where app_id = $1');
  const checked = await checkInvariants(database.ledger.pool, app, ['always']);
  expect(checked.filter(({ breaches }) => breaches > 0).map(({ name }) => name)).toEqual([
    'no hold was granted beyond the hard budget',
    'never more sessions at once than the plan allows',
  ]);
});

test('activating twice changes nothing the second time', async () => {
  await admit('ada');
  await activate(narrow, true);
  const before = await rowsOf('select * from accounts where app_id = $1');
  expect((await activate(narrow, true)).moved).toEqual({ moved: 0, kept: 0 });
  expect(await rowsOf('select * from accounts where app_id = $1')).toEqual(before);
  expect(await listPolicyVersions(database.ledger.pool, app, 9)).toHaveLength(2);
  const acts = await rowsOf<{ act: string }>('select act from audit where app_id = $1 order by audit_id');
  expect(acts.map(({ act }) => act)).toEqual(['app.create', 'policy.activate', 'policy.move_periods']);
  expect(await lastActivation(database.ledger.pool, app)).toMatchObject({ actor: 'test' });
});

test('a version that was left can be put in force again', async () => {
  await activate(narrow, false);
  await activate(wide, false);
  expect((await findApp(database.ledger.pool, app))?.policyVersion).toBe(versionOf(wide));
  expect(await listPolicyVersions(database.ledger.pool, app, 9)).toHaveLength(2);
});

test('a period whose plan was dropped keeps its snapshot, is counted, and ends on the default plan', async () => {
  await putOn('tess', 'trial');
  await admit('tess');
  await admit('ada');
  expect((await activate(narrow, true)).moved).toEqual({ moved: 1, kept: 1 });
  await admit('tess');
  expect(await limitOf('tess')).toBe(10);
  expect(await runningPeriods(database.ledger.pool, app)).toMatchObject(
    [
      { version: versionOf(narrow), plan: 'free', periods: 1 },
      { version: versionOf(wide), plan: 'trial', periods: 1 },
    ].toSorted((left, right) => (left.version < right.version ? -1 : 1)),
  );
  await pastTheReset();
  await admit('tess');
  expect(await limitOf('tess')).toBe(500);
});

test('a period that has ended is history and is not moved', async () => {
  await admit('ada');
  await pastTheReset();
  expect((await activate(narrow, true)).moved).toEqual({ moved: 0, kept: 0 });
});

test('an app that is not there is not activated', async () => {
  const options = { now: true, actor: 'test' };
  expect(await activatePolicy(database.ledger.pool, appId('nobody'), narrow, options)).toBeNull();
});

test('while admissions run nothing is lost, and no period is left behind', async () => {
  const users = Array.from({ length: 40 }, (_, index) => `user${index}`);
  await Promise.all(users.slice(0, 20).map(admit));
  const activity = { goesOn: true };
  const admitted = new Map(users.map((user) => [user, 0]));
  const asking = users.map(async (user, index) => {
    while (activity.goesOn) {
      if ((await admit(user)) === 'admitted') admitted.set(user, (admitted.get(user) ?? 0) + 1);
      // Some users come for the first time while the policy moves.
      if (index % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });
  try {
    for (const policy of [narrow, wide, narrow]) await activate(policy, true);
  } finally {
    activity.goesOn = false;
    await Promise.all(asking);
  }
  const rows = await rowsOf<{ user_id: string; sessions_used: number; policy_version: string }>(
    'select user_id, sessions_used, policy_version from periods where app_id = $1',
  );
  expect(rows).toHaveLength(users.length);
  for (const row of rows) {
    const first = users.indexOf(row.user_id) < 20 ? 1 : 0;
    expect(row.sessions_used, row.user_id).toBe((admitted.get(row.user_id) ?? 0) + first);
    expect(row.policy_version).toBe(versionOf(narrow));
  }
  const changes = await rowsOf<{ user_id: string; former_policy: string; policy_version: string }>(
    'select user_id, former_policy, policy_version from policy_changes where app_id = $1 order by user_id, version',
  );
  const moved = users.filter((user) => changes.some((change) => change.user_id === user));
  expect(moved.length).toBeGreaterThan(19);
  for (const user of moved) {
    const chain = changes.filter((change) => change.user_id === user);
    const after = chain.map((change) => change.policy_version);
    expect(
      chain.slice(1).map((change) => change.former_policy),
      user,
    ).toEqual(after.slice(0, -1));
    expect(after.at(-1), user).toBe(versionOf(narrow));
  }
});

test('an account whose row is locked is moved when its turn comes', async () => {
  await admit('ada');
  await admit('bob');
  const { pool } = database.ledger;
  const other = await pool.connect();
  const limits: (number | undefined)[] = [];
  const query = async (statement: { name: string }) => {
    if (statement.name === 'move-periods-skip') {
      await other.query('begin');
      await other.query(`select from accounts where app_id = $1 and user_id = 'ada' for update`, [app]);
    }
    if (statement.name === 'move-periods-wait') {
      limits.push(await limitOf('ada'), await limitOf('bob'));
      await other.query('commit');
    }
    return pool.query(statement as never);
  };
  const done = await activatePolicy({ query } as unknown as Queryable, app, narrow, {
    now: true,
    actor: 'test',
  });
  other.release();
  expect(limits).toEqual([1000, 500]);
  expect(done?.moved).toEqual({ moved: 2, kept: 0 });
  expect(await limitOf('ada')).toBe(500);
});

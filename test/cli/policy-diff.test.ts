import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { AppId } from '../../domain/ids.ts';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { activatePolicy } from '../../ledger/activate-policy.ts';
import { versionOf } from '../../ledger/policies.ts';
import { costlySession, putOnPlan } from '../setup/costly-session.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';
import { runStipend } from './run-stipend.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'stipend-policy-diff-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
const ofPlans = (plans: PolicyDocument['plans']): PolicyDocument => ({ ...referencePolicy, plans });
const ofBudget = (perMonth: number): PolicyDocument =>
  ofPlans({ free: { ...free, budget: { per_month: perMonth, per_session: 0.2 } } });

async function diff(app: AppId, policy: PolicyDocument, ...more: readonly string[]): Promise<string> {
  const file = join(folder, `${app}.yaml`);
  writeFileSync(file, stringify(policy));
  const ran = await runStipend([
    'policy',
    'diff',
    file,
    '--app',
    app,
    '--database-url',
    database.url,
    ...more,
  ]);
  expect(ran).toMatchObject({ code: 0, errors: '' });
  return ran.output;
}

test.each(['pol_ffff', 'pol_0123456789abcdef'])(
  'a version that there is not, %s, is answered with those that there are',
  async (version) => {
    const app = await database.createApp(`without-${version.length}`);
    const command = ['policy', 'diff', version, '--app', app, '--database-url', database.url];
    const { code, errors } = await runStipend(command);
    expect(code).toBe(1);
    expect(errors).toBe(
      `The app ${app} has no policy version "${version}"; its newest are ${versionOf(referencePolicy)}.\n`,
    );
  },
);

const withoutInstants = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'AN INSTANT');

test('a change is told knob by knob with units, and for whom, in words that fit the numbers', async () => {
  const app = await database.createApp('differing');
  await putOnPlan(database.ledger, app, 'ada', null);
  const to = ofPlans({ free: { ...free, sessions: { per_month: 20 }, budget: { buffer: '25%' } } });
  const said = await diff(app, to);
  expect(withoutInstants(said)).toBe(
    [
      `What ${join(folder, 'differing.yaml')} changes for the app differing:`,
      '  plans.free.sessions.per_month: 10 sessions → 20 sessions',
      '  plans.free.budget.buffer: 20% → 25%',
      'For whom:',
      '  1 account lives on the plan free (the default)',
      `  1 running period on the plan free of ${versionOf(referencePolicy)} keeps its limits, the last until AN INSTANT`,
      '  with --now: 0 accounts would be at 100 % at once, 0 accounts would be so no longer',
      '',
    ].join('\n'),
  );
});

test('what is in force already changes nothing', async () => {
  const app = await database.createApp('same');
  expect(await diff(app, referencePolicy)).toMatch(
    /says what is in force for the app same; nothing changes\.\n$/,
  );
});

test('a dropped plan is one line, with its accounts, running period or not', async () => {
  const { ledger } = database;
  const app = await database.createApp('dropping', {
    policy: ofPlans({ free, trial: free, unused: free }),
  });
  for (const user of ['tess', 'tom', 'tia']) await putOnPlan(ledger, app, user, 'trial');
  await costlySession(ledger, app, 'tess', 0.1);
  await costlySession(ledger, app, 'ada', 0.1);
  await ledger.pool.query(
    `update apps set clock_offset_ms = clock_offset_ms + 40 * 86400000::bigint where app_id = $1`,
    [app],
  );
  await costlySession(ledger, app, 'tess', 0.1);
  const to = ofPlans({ free, school: free });
  const said = await diff(app, to);
  expect(withoutInstants(said).split('\n').slice(1, 9)).toEqual([
    '  plan trial is dropped: 3 accounts live on it, from the next period on the default plan free',
    '  plan unused is dropped: 0 accounts live on it',
    '  plan school is new: no account lives on it yet',
    'For whom:',
    '  3 accounts live on the plan trial',
    '  1 account lives on the plan free (the default)',
    expect.stringMatching(
      /^ {2}1 running period on the plan trial of pol_\w+ keeps its limits, the last until AN INSTANT$/,
    ),
    '  with --now: 0 accounts would be at 100 % at once, 0 accounts would be so no longer',
  ]);
  expect(said).toContain('with --now: 1 running period on dropped plans keeps its limits until it ends');
  expect(JSON.parse(await diff(app, to, '--json'))).toMatchObject({
    app: 'dropping',
    to_version: versionOf(to),
    changes: [],
    dropped_plans: [
      { plan: 'trial', accounts: 3 },
      { plan: 'unused', accounts: 0 },
    ],
    added_plans: [{ plan: 'school', accounts: 0 }],
    accounts: [
      { plan: 'trial', accounts: 3 },
      { plan: 'free', accounts: 1 },
    ],
    running_periods: [
      { plan: 'trial', periods: 1, last_ends_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/) },
    ],
    with_now: { stopped: 0, freed: 0, kept: 1 },
  });
});

test('running periods under older versions are measured by what they cost and by their own limits', async () => {
  const { ledger } = database;
  const app = await database.createApp('older', { policy: ofBudget(2) });
  const costs = { ada: [0.15, 0.15], bob: [0.1] };
  for (const [user, sessions] of Object.entries(costs))
    for (const dollars of sessions) await costlySession(ledger, app, user, dollars);
  const narrower = ofBudget(0.25);
  await activatePolicy(ledger.pool, app, narrower, { now: false, actor: 'test' });
  // ada has spent $0.30 of a snapshot of $1.60. Under the version in force, $0.20, she would be at 100 % already.
  const reached = async (to: PolicyDocument) => JSON.parse(await diff(app, to, '--json'));
  expect((await reached(narrower)).with_now).toEqual({ stopped: 1, freed: 0, kept: 0 });
  const wider = await reached(ofBudget(0.5));
  expect(wider.with_now).toEqual({ stopped: 0, freed: 0, kept: 0 });
  expect(wider.changes).toEqual([{ path: 'plans.free.budget.per_month', unit: 'USD', from: 0.25, to: 0.5 }]);
  expect(wider.running_periods).toMatchObject([{ version: versionOf(ofBudget(2)), periods: 2 }]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { typicalCosts } from '../../ledger/typical-cost.ts';
import { costlySession, putOnPlan } from '../setup/costly-session.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
const roomy = { ...free, sessions: { per_day: null, per_month: 100 }, budget: { per_month: 100 } };
const policy: PolicyDocument = { ...referencePolicy, plans: { free: roomy, school: roomy } };

const wait = (app: string, days: number) =>
  database.ledger.pool.query(
    `update apps set clock_offset_ms = clock_offset_ms + $2 * 86400000::bigint where app_id = $1`,
    [app, days],
  );

test('sessions are measured by the plan of their own period: the middle one, and the ninth of ten', async () => {
  const { ledger } = database;
  const app = await database.createApp('two-plans', { policy });
  await putOnPlan(ledger, app, 'tess', 'school');
  for (let cents = 1; cents <= 10; cents += 1) await costlySession(ledger, app, 'ada', cents / 100);
  for (const dollars of [0.15, 0.02, 0.05]) await costlySession(ledger, app, 'tess', dollars);
  await costlySession(ledger, app, 'ada', null);
  expect(await typicalCosts(ledger.pool, app)).toEqual(
    new Map([
      ['free', { median: 50_000, p90: 90_000, sessions: 10 }],
      ['school', { median: 50_000, p90: 150_000, sessions: 3 }],
    ]),
  );
});

test('what ended more than 30 days ago on the app’s clock, still runs, or is another app’s is left out', async () => {
  const { ledger } = database;
  const app = await database.createApp('moved-clock', { policy });
  const other = await database.createApp('other', { policy });
  await costlySession(ledger, app, 'ada', 0.2);
  await wait(app, 29);
  await costlySession(ledger, app, 'ada', 0.04);
  await costlySession(ledger, other, 'ada', 0.1);
  expect((await typicalCosts(ledger.pool, app)).get('free')).toMatchObject({ sessions: 2, median: 40_000 });
  await wait(app, 2);
  expect((await typicalCosts(ledger.pool, app)).get('free')).toMatchObject({ sessions: 1, median: 40_000 });
  await wait(app, 30);
  expect(await typicalCosts(ledger.pool, app)).toEqual(new Map());
});

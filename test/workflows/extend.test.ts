import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FreeTierState } from '../../workflows/state.ts';
import { eventually } from '../setup/eventually.ts';
import { type TestApp, type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const workflowOf = (app: TestApp) => product.workflowOf(app, 'ada');
const stateOf = (app: TestApp) => workflowOf(app).query<FreeTierState>('account');
const limitOf = async (app: TestApp) =>
  (await app.growth('GET', '/v1/users/ada/limits')).body.limits.per_month.value;

async function settledUser(): Promise<TestApp> {
  const app = await product.app();
  await app.call('POST', '/v1/users/ada/sessions');
  await app.call('POST', '/v1/test-clock/advance', { by: 'PT1H' });
  return app;
}

const until = '2199-01-31T00:00:00+01:00';

test('an extension typed in the Temporal UI is a grant of the ledger, once however the worker falls over', async () => {
  const app = await settledUser();
  await workflowOf(app).signal('extend', { by: 'maya', sessions: 5, until, note: 'a launch' });
  await product.stopWorker();
  await product.startWorker();
  const state = await eventually(
    () => stateOf(app),
    (seen) => seen.acts.length === 0 && (seen.entitlement.modifiers ?? []).length > 0,
  );
  expect(state.entitlement.modifiers).toMatchObject([
    { kind: 'grant', sessions: 5, spend: 0, until: Date.parse(until), by: 'maya', reason: 'a launch' },
  ]);
  expect(await limitOf(app)).toBe(15);
  const { rows } = await product.database.ledger.pool.query(
    'select kind, issued_by from commands where app_id = $1',
    [app.id],
  );
  expect(rows).toEqual([{ kind: 'grant', issued_by: 'maya' }]);
});

test.each([
  ['no name', { sessions: 5, until }],
  ['no sessions', { by: 'maya', until }],
  ['half a session', { by: 'maya', sessions: 0.5, until }],
  ['a thousand and one', { by: 'maya', sessions: 1_001, until }],
  ['no end', { by: 'maya', sessions: 5 }],
  ['an end that is no time', { by: 'maya', sessions: 5, until: 'tomorrow' }],
  ['a time without a zone', { by: 'maya', sessions: 5, until: '2199-01-31T00:00:00' }],
  ['an end in the past', { by: 'maya', sessions: 5, until: '2020-01-31T00:00:00Z' }],
  ['a list', [{ by: 'maya', sessions: 5, until }]],
])('an extension with %s is noted and gives nothing', async (_name, payload) => {
  const app = await settledUser();
  await workflowOf(app).signal('extend', payload);
  const state = await eventually(
    () => stateOf(app),
    (seen) => seen.journal.some(({ kind }) => kind === 'problem') && seen.acts.length === 0,
  );
  expect(state.journal.at(-1)?.text).toMatch(/extend.* (ignored|changed nothing)/);
  expect(await limitOf(app)).toBe(10);
});

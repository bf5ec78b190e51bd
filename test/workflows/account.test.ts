import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detailsOf } from '../../workflows/details.ts';
import type { FreeTierState } from '../../workflows/state.ts';
import { eventually } from '../setup/eventually.ts';
import { type TestApp, type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const stateOf = (app: TestApp, user: string) => product.workflowOf(app, user).query<FreeTierState>('account');

/** A user whose workflow has heard of it. */
async function settledUser(app: TestApp, user: string): Promise<void> {
  await app.call('POST', `/v1/users/${user}/sessions`);
  await app.call('POST', '/v1/test-clock/advance', { by: 'PT1H' });
}

describe('signals that nobody should send', () => {
  test.each([
    ['a word', 'approve', 'yes'],
    ['nothing', 'approve', undefined],
    ['a nameless object', 'reject', { note: 'no' }],
    ['a name of 10,000 characters', 'approve', { by: 'x'.repeat(10_000) }],
    ['totals of nowhere', 'totals', { v: 1, appId: 'other', userId: 'other' }],
    ['an unknown signal', 'explode', { by: 'grace' }],
  ])('%s is noted and changes nothing', async (_name, signal, payload) => {
    const app = await product.app();
    await settledUser(app, 'ada');
    const before = await stateOf(app, 'ada');
    await product.workflowOf(app, 'ada').signal(signal, ...(payload === undefined ? [] : [payload]));
    const after = await eventually(
      () => stateOf(app, 'ada'),
      (state) => state.journal.length > before.journal.length,
    );
    expect(after.journal.at(-1)).toMatchObject({ kind: 'problem' });
    expect({ ...after, journal: [] }).toEqual({ ...before, journal: [] });
  });
});

test('the state of a workflow survives JSON unchanged', async () => {
  const app = await product.app();
  await settledUser(app, 'ada');
  const state = await stateOf(app, 'ada');
  expect(state.v).toBe(1);
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});

test('twelve periods in one jump are one announcement, and the user who is silent in them hibernates', async () => {
  const app = await product.app();
  await settledUser(app, 'ada');
  const { body } = await app.call('POST', '/v1/test-clock/advance', { by: 'P1Y' });
  expect(body.acknowledged).toBe(true);
  const notices = (await app.call('GET', '/v1/users/ada/inbox')).body.notices;
  const ids: string[] = notices.map((notice: { id: string }) => notice.id);
  expect(new Set(ids).size).toBe(ids.length);
  const { rows } = await product.database.ledger.pool.query(
    'select current_period from accounts where app_id = $1',
    [app.id],
  );
  // A silent period needs no row: none is opened after the one that was silent as a whole.
  expect(rows[0].current_period).toBe(2);
  expect(await product.workflowOf(app, 'ada').result()).toMatchObject({ ended: 'hibernating' });
});

test('fifty approvals sent during resets lose nothing and never fail the workflow', async () => {
  const app = await product.app();
  await settledUser(app, 'ada');
  const signals = Array.from({ length: 50 }, (_, index) =>
    product.workflowOf(app, 'ada').signal('approve', { by: `person ${index}` }),
  );
  const resets = app.call('POST', '/v1/test-clock/advance', { by: 'P70D' });
  await Promise.all([...signals, resets]);
  const state = await eventually(
    () => stateOf(app, 'ada'),
    (seen) => seen.actsTaken === 50 && seen.acts.length === 0,
  );
  expect(state.entitlement.standing).toBe('good');
});

test('search attributes and current details show a growth person where the account stands', async () => {
  const app = await product.app();
  await settledUser(app, 'ada');
  // The visibility store hears of an upsert after the workflow task that made it.
  const description = await eventually(
    () => product.workflowOf(app, 'ada').describe(),
    ({ searchAttributes }) => searchAttributes['UsagePercent']?.[0] === 10,
  );
  expect(description.searchAttributes).toMatchObject({
    App: [app.id],
    Standing: ['good'],
    UsagePercent: [10],
  });
});

test('a grant is in force at once, folded by the workflow, and shown on its card with the new limit', async () => {
  const app = await product.app();
  await settledUser(app, 'ada');
  const made = await app.growth('POST', '/v1/users/ada/grants', {
    sessions: 5,
    budget_usd: 1,
    reason: 'a *good* customer',
    by: 'maya',
  });
  const state = await eventually(
    () => stateOf(app, 'ada'),
    (seen) => seen.entitlement.foldedThrough === 1,
  );
  expect(state.entitlement.modifiers).toMatchObject([{ id: made.body.id, kind: 'grant', sessions: 5 }]);
  expect(state.periods.at(-1)).toMatchObject({ sessionsLimit: 15, hardBudget: 3_000_000 });
  expect(detailsOf(state)).toContain('5 sessions and 1.00 dollars granted');
  expect(detailsOf(state)).toContain(String.raw`by maya: a \*good\* customer`);
  const { body } = await app.growth('GET', '/v1/users/ada/limits');
  expect(body.limits.per_month).toMatchObject({ value: 15, source: 'grant' });
});

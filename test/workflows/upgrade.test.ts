import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Farewell } from '../../workflows/farewell.ts';
import type { FreeTierState } from '../../workflows/state.ts';
import { eventually } from '../setup/eventually.ts';
import { type TestApp, type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const workflowOf = (app: TestApp) => product.workflowOf(app, 'ada');
const statusOf = async (app: TestApp) => (await workflowOf(app).describe()).status.name;
const untilIts = (app: TestApp, status: string) =>
  eventually(
    () => statusOf(app).catch(() => 'ABSENT'),
    (name) => name === status,
  );

/** Sessions with usage, three a day, confirmed where that is asked for. */
async function use(app: TestApp, sessions: number): Promise<void> {
  for (let number = 0; number < sessions; number += 1) {
    const { body } = await app.call('POST', '/v1/users/ada/sessions', { confirmed: true });
    await app.call('POST', `/v1/sessions/${body.session.id}/usage`, {
      id: `u${number}-${body.session.id}`,
      cost_usd: 0.01,
    });
    await app.call('POST', `/v1/sessions/${body.session.id}/end`);
    await app.call('POST', '/v1/test-clock/advance', { by: 'PT8H' });
  }
}

const tell = (app: TestApp, event: string) => app.call('POST', '/v1/users/ada/events', { event });
const inboxOf = async (app: TestApp) => (await app.call('GET', '/v1/users/ada/inbox')).body.notices;
const outboxOf = (app: TestApp) => product.markOf(app, 'ada');

test('an upgrade completes the workflow with a summary, no nudge follows, and a downgrade starts it again', async () => {
  const app = await product.app();
  await use(app, 7);
  expect((await tell(app, 'upgraded')).body.lifecycle).toBe('upgraded');
  const farewell: Farewell = await workflowOf(app).result();
  expect(farewell).toMatchObject({
    v: 1,
    ended: 'upgraded',
    plan: 'Pro',
    standing: 'good',
    period: { number: 1, sessionsUsed: 7 },
  });
  const told = await inboxOf(app);
  await use(app, 8);
  await app.call('POST', '/v1/test-clock/advance', { by: 'P40D' });
  await use(app, 2);
  expect(await inboxOf(app)).toEqual(told);
  // What is told of it afterwards is settled without a workflow.
  const settled = await eventually(
    () => outboxOf(app),
    (mark) => mark.send_at === null,
  );
  expect(settled).toMatchObject({ set_aside_at: null, wake_at: null });
  expect(await statusOf(app)).toBe('COMPLETED');

  await tell(app, 'downgraded');
  await untilIts(app, 'RUNNING');
  const state = await eventually(
    () => workflowOf(app).query<FreeTierState>('account'),
    (seen) => seen.acknowledged !== null,
  );
  expect(state.entitlement.billing).toMatchObject({ lifecycle: 'active' });
  expect(state.periods.at(-1)).toMatchObject({ number: 2, sessionsUsed: 2 });
  await use(app, 5);
  expect(
    (await inboxOf(app)).map(({ kind, threshold, period }: any) => [kind, threshold, period]),
  ).toContainEqual(['nudge', 70, 2]);
});

test('an upgrade told while the workflow is behind lapses what was crossed and not yet told', async () => {
  const app = await product.app();
  await use(app, 1);
  await product.stopWorker();
  for (let number = 0; number < 9; number += 1) {
    const { body } = await app.call('POST', '/v1/users/ada/sessions', { confirmed: true });
    await app.call('POST', `/v1/sessions/${body.session.id}/usage`, { id: `late-${number}`, cost_usd: 0.01 });
    await app.call('POST', `/v1/sessions/${body.session.id}/end`);
    await app.call('POST', '/v1/test-clock/advance', { by: 'PT8H', wait: false });
  }
  await tell(app, 'upgraded');
  await product.startWorker();
  expect(await workflowOf(app).result()).toMatchObject({ ended: 'upgraded', period: { sessionsUsed: 10 } });
  expect(await inboxOf(app)).toEqual([]);
  const { rows } = await product.database.ledger.pool.query(
    'select threshold, decision from nudges where app_id = $1 order by 1',
    [app.id],
  );
  expect(rows.map(({ decision }) => decision)).toEqual(['lapsed', 'lapsed', 'lapsed', 'lapsed']);
});

test('an upgraded account with an open review keeps its workflow until a person has decided', async () => {
  const app = await product.app();
  for (let attempt = 0; attempt < 25; attempt += 1) await app.call('POST', '/v1/users/ada/sessions');
  await tell(app, 'upgraded');
  await eventually(
    () => workflowOf(app).query<FreeTierState>('account'),
    (seen) => seen.entitlement.billing?.lifecycle === 'upgraded' && seen.acknowledged?.seq === seen.seq,
  );
  expect(await statusOf(app)).toBe('RUNNING');
  await workflowOf(app).signal('approve', { by: 'grace', note: 'a customer' });
  expect(await workflowOf(app).result()).toMatchObject({ ended: 'upgraded', standing: 'good' });
  expect((await app.call('POST', '/v1/users/ada/sessions')).status).toBe(201);
});

test('an account that upgrades without a workflow, such as one wiped, is not given one for long', async () => {
  const app = await product.app();
  await use(app, 1);
  await workflowOf(app).terminate('wiped');
  await tell(app, 'upgraded');
  await untilIts(app, 'COMPLETED');
  expect((await outboxOf(app)).send_at).toBeNull();
});

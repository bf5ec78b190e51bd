import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import { markForRebuild, newEpoch, raiseEpoch } from '../../ledger/rebuild.ts';
import { adoptNamespace } from '../../ledger/temporal-namespace.ts';
import { lastReconciliation } from '../../ledger/reconciliations.ts';
import { readTotals } from '../../ledger/totals.ts';
import { reconcileScheduleId, scheduleReconciler } from '../../worker/reconcile-schedule.ts';
import { reconcileType } from '../../workflows/names.ts';
import type { FreeTierState } from '../../workflows/state.ts';
import { backUp } from '../setup/backup.ts';
import { eventually } from '../setup/eventually.ts';
import { type TestApp, type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

async function sessions(app: TestApp, user: string, many: number): Promise<void> {
  for (let number = 0; number < many; number += 1) {
    const { body } = await app.call('POST', `/v1/users/${user}/sessions`, { confirmed: true });
    await app.call('POST', `/v1/sessions/${body.session.id}/usage`, { id: body.session.id, cost_usd: 0.01 });
    await app.call('POST', `/v1/sessions/${body.session.id}/end`);
    await app.call('POST', '/v1/test-clock/advance', { by: 'P1D', wait: false });
  }
}

const stateOf = (app: TestApp, user: string) => product.workflowOf(app, user).query<FreeTierState>('account');
const inbox = async (app: TestApp, user: string): Promise<string[]> =>
  (await app.call('GET', `/v1/users/${user}/inbox`)).body.notices
    .map(({ id }: { id: string }) => id)
    .toReversed();

/** All that the ledger has to tell was taken in and answered. */
const settled = (app: TestApp, user: string) =>
  eventually(
    () => product.markOf(app, user),
    (mark) => mark.send_at === null && mark.acked_seq >= mark.seq,
  );

/** What the workflow knows is what one built from the ledger alone would know. */
async function isTheLedgers(app: TestApp, user: string): Promise<void> {
  const [totals] = await readTotals(product.database.ledger, [
    { appId: appId(app.id), userId: userId(user) },
  ]);
  const state = await stateOf(app, user);
  expect(state.periods.at(-1)).toEqual(totals?.periods.at(-1));
  expect(state.entitlement).toEqual(totals?.entitlement);
  expect({ epoch: state.epoch, seq: state.seq }).toEqual({ epoch: totals?.epoch, seq: totals?.seq });
}

/** Temporal knows nothing of the user any more. */
async function wipe(app: TestApp, user: string): Promise<void> {
  const { workflowService, options } = product.client;
  const { namespace } = options;
  const workflow = product.workflowOf(app, user);
  const { workflowId } = workflow;
  await workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
  await eventually(
    () =>
      workflow.describe().then(
        () => 'there',
        (error: unknown) => (error instanceof WorkflowNotFoundError ? 'gone' : 'unclear'),
      ),
    (state) => state === 'gone',
  );
}

const reconcileNow = () =>
  product.client.workflow.execute(reconcileType, {
    workflowId: `reconcile-${crypto.randomUUID()}`,
    taskQueue: product.taskQueue,
  });

test('Temporal wiped: workflows are built from the ledger, nothing is sent twice, and nudges and the reset go on', async () => {
  const app = await product.app();
  await sessions(app, 'ada', 7);
  await settled(app, 'ada');
  expect(await inbox(app, 'ada')).toEqual(['nudge-1-70']);
  const { pool } = product.database.ledger;
  await adoptNamespace(pool, 'the-one-before');
  await wipe(app, 'ada');

  expect(await adoptNamespace(pool, 'a-new-one')).toBeGreaterThan(0);
  await settled(app, 'ada');
  await isTheLedgers(app, 'ada');
  expect(await inbox(app, 'ada')).toEqual(['nudge-1-70']);

  await sessions(app, 'ada', 2);
  await settled(app, 'ada');
  await app.call('POST', '/v1/test-clock/advance', { by: 'P30D', wait: true });
  expect(await inbox(app, 'ada')).toEqual(['nudge-1-70', 'nudge-1-85', 'reset-2']);
});

test('an older Postgres restored: the workflow forgets what the ledger does not know, and its life goes on from there', async () => {
  const app = await product.app();
  await sessions(app, 'ada', 7);
  await settled(app, 'ada');
  const backup = await backUp(product.database.ledger.pool);
  await sessions(app, 'ada', 2);
  await sessions(app, 'after-the-backup', 1);
  await settled(app, 'ada');
  await settled(app, 'after-the-backup');
  expect(await inbox(app, 'ada')).toEqual(['nudge-1-70', 'nudge-1-85']);

  const before = await product.workflowOf(app, 'ada').describe();
  await product.stopWorker();
  await backup.restore();
  const epoch = await newEpoch(product.database.ledger.pool);
  await raiseEpoch(product.database.ledger.pool, epoch);
  await markForRebuild(product.database.ledger.pool, { app: null, user: null, asleepToo: true }, epoch);
  await product.startWorker();
  await settled(app, 'ada');
  await isTheLedgers(app, 'ada');
  expect((await stateOf(app, 'ada')).periods.at(-1)).toMatchObject({ number: 1, sessionsUsed: 7 });
  // Rebuilding begins the next run at once, so that whoever deploys need not wait for half a year.
  expect((await product.workflowOf(app, 'ada').describe()).runId).not.toBe(before.runId);
  expect(await inbox(app, 'ada')).toEqual(['nudge-1-70']);

  // What the backup does not know was sent, is sent again once it is due: under the same id.
  await sessions(app, 'ada', 2);
  await settled(app, 'ada');
  expect(await inbox(app, 'ada')).toEqual(['nudge-1-70', 'nudge-1-85']);

  const seen = await reconcileNow();
  expect(seen).toMatchObject({ orphaned: 1 });
  await expect(product.workflowOf(app, 'after-the-backup').describe()).resolves.toMatchObject({
    status: { name: 'TERMINATED' },
  });
});

test('a restore that nobody told of is not acknowledged: the workflow’s newer word changes nothing', async () => {
  const app = await product.app();
  await sessions(app, 'ada', 2);
  await settled(app, 'ada');
  const backup = await backUp(product.database.ledger.pool);
  await sessions(app, 'ada', 3);
  await settled(app, 'ada');
  await backup.restore();
  const before = await product.markOf(app, 'ada');
  await product.workflowOf(app, 'ada').signal('recheck', { by: 'a person' });
  await eventually(
    () => stateOf(app, 'ada'),
    (state) => state.acts.length === 0 && state.actsTaken === 1,
  );
  expect((await product.markOf(app, 'ada')).acked_seq).toBe(before.acked_seq);
});

test('an entity terminated by hand is found, told again, and waits for its reset as if nothing had been', async () => {
  const app = await product.app();
  await sessions(app, 'ada', 7);
  await sessions(app, 'bob', 1);
  await settled(app, 'ada');
  await settled(app, 'bob');
  await product.workflowOf(app, 'ada').terminate('by a hand that slipped');

  const seen = await reconcileNow();
  expect(seen).toMatchObject({ failed: 1, missing: 0, stale: 0, needless: 0, mended: 1 });
  await settled(app, 'ada');
  await isTheLedgers(app, 'ada');
  expect(await inbox(app, 'ada')).toEqual(['nudge-1-70']);
  expect(await reconcileNow()).toMatchObject({ failed: 0, mended: 0 });
  expect(await lastReconciliation(product.database.ledger.pool)).toMatchObject({ mended: 0 });
  await app.call('POST', '/v1/test-clock/advance', { by: 'P30D', wait: true });
  expect(await inbox(app, 'ada')).toEqual(['nudge-1-70', 'reset-2']);
});

test('the reconciler is scheduled once however many workers start, as the newest wants it', async () => {
  const { client, taskQueue } = product;
  const handle = client.schedule.getHandle(reconcileScheduleId);
  await scheduleReconciler(client, 'an-older-queue');
  try {
    await Promise.all([scheduleReconciler(client, taskQueue), scheduleReconciler(client, taskQueue)]);
    const { action, spec, policies } = await handle.describe();
    expect(action).toMatchObject({ workflowType: reconcileType, taskQueue });
    expect(spec.intervals).toMatchObject([{ every: 3_600_000 }]);
    expect(policies.overlap).toBe('SKIP');
  } finally {
    await handle.delete();
  }
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { userId } from '../../domain/ids.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { readTotals } from '../../ledger/totals.ts';
import { eraseDue } from '../../worker/eraser.ts';
import { sendTotals } from '../../worker/send-totals.ts';
import { eventually } from '../setup/eventually.ts';
import { type TestApp, type TestProduct, quiet, request, startProduct } from '../setup/product.ts';

let product: TestProduct;
let adminKey: string;
beforeAll(async () => {
  product = await startProduct();
  const { pool } = product.database.ledger;
  adminKey = (await issueApiKey(pool, { appId: null, mode: 'live', scopes: ['admin'] })).secret;
});
afterAll(() => product.stop());

// A quote and a backslash: ids are the app's own, and the list of runs is asked for in a query.
const user = String.raw`o'neill\_ada`;
const path = `/v1/users/${encodeURIComponent(user)}`;
const workflowOf = (app: TestApp) => product.workflowOf(app, user);

const erase = (app: TestApp) => request(`${product.url}${path}?app=${app.id}`, 'DELETE', adminKey);
const step = () =>
  eraseDue({ ledger: product.database.ledger, client: product.client, log: quiet, quietMs: 1_000 });

/** Every run of the app's workflows: it has one user. */
async function runsOf(app: TestApp): Promise<string[]> {
  const runs: string[] = [];
  const query = `WorkflowId STARTS_WITH 'free-tier/${app.id}/'`;
  for await (const { runId } of product.client.workflow.list({ query })) runs.push(runId);
  return runs;
}

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
const yearly: PolicyDocument = {
  ...referencePolicy,
  plans: { free: { ...free, period: { every: 'P12M', anchor: 'registration' } } },
};

/** Three resets, half a year apart and more, are four runs: each continues as new. */
async function severalRuns(app: TestApp): Promise<void> {
  for (let period = 0; period < 3; period += 1) {
    await app.call('POST', `${path}/sessions`);
    await app.call('POST', '/v1/test-clock/advance', { by: 'P367D' });
  }
  await app.call('POST', `${path}/sessions`);
  await eventually(
    () => runsOf(app),
    (runs) => runs.length >= 4,
  );
}

const untilErased = (app: TestApp) =>
  eventually(
    async () => {
      await step();
      return (await erase(app)).body.state;
    },
    (state) => state === 'erased',
    40_000,
  );

test('a user with several runs is erased from Temporal and the ledger, and a new life starts on what is left', async () => {
  const app = await product.app(yearly);
  await severalRuns(app);
  expect((await erase(app)).body).toMatchObject({ user, state: 'erasing' });
  await untilErased(app);
  expect(await runsOf(app)).toEqual([]);
  await expect(workflowOf(app).describe()).rejects.toThrow(/not found/i);
  expect((await app.call('GET', `${path}/usage`)).status).toBe(404);

  const back = await app.call('POST', `${path}/sessions`);
  expect(back.body.usage.month).toMatchObject({ used: 2, remaining: 8 });
  const description = await eventually(
    () =>
      workflowOf(app)
        .describe()
        .catch(() => null),
    (found) => found !== null,
  );
  expect(description?.status.name).toBe('RUNNING');
});

test('an erasure goes on where another worker left it, and waits for a Temporal that is away', async () => {
  const app = await product.app();
  await app.call('POST', `${path}/sessions`);
  await erase(app);
  const { ledger } = product.database;
  const away = { withDeadline: () => Promise.reject(new Error('away')) } as unknown as typeof product.client;
  await eraseDue({ ledger, client: away, log: quiet });
  const { rows } = await ledger.pool.query('select last_error from erasures where app_id = $1', [app.id]);
  expect(rows).toEqual([{ last_error: 'away' }]);
  expect((await app.call('POST', `${path}/sessions`)).status).toBe(201);
  await Promise.all([step(), step()]);
  await untilErased(app);
  expect(await runsOf(app)).toEqual([]);
});

test('a workflow that is started late, by words from before the erasure, ends and writes nothing', async () => {
  const app = await product.app();
  await app.call('PUT', path, {});
  for (let session = 0; session < 7; session += 1) {
    const { body } = await app.call('POST', `${path}/sessions`, { confirmed: true });
    await app.call('POST', `/v1/sessions/${body.session.id}/usage`, { id: `u${session}`, cost_usd: 0.01 });
    await app.call('POST', `/v1/sessions/${body.session.id}/end`);
    await app.call('POST', '/v1/test-clock/advance', { by: 'PT8H' });
  }
  const { ledger } = product.database;
  const { rows } = await ledger.pool.query('select app_id from accounts where app_id = $1', [app.id]);
  const [late] = await readTotals(ledger, [{ appId: rows[0].app_id, userId: userId(user) }]);
  await erase(app);
  await untilErased(app);
  if (late === undefined) throw new Error('the account was not read');
  const undecided = late.periods.map((period) => ({
    ...period,
    crossings: period.crossings.map((crossing) => ({ ...crossing, decided: null })),
  }));
  const { taskQueue } = product;
  expect(await sendTotals(product.client, { ...late, periods: undecided }, taskQueue)).toEqual({
    kind: 'sent',
  });
  const ended = await workflowOf(app).result();
  expect(ended).toMatchObject({ ended: 'unknown' });
  for (const table of ['accounts', 'notices', 'nudges', 'outbox', 'deliveries']) {
    const left = await ledger.pool.query(`select from ${table} where app_id = $1`, [app.id]);
    expect([table, left.rowCount]).toEqual([table, 0]);
  }
});

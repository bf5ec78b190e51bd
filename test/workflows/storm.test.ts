import { afterAll, beforeAll, expect, test } from 'vitest';
import { referencePolicy } from '../../domain/policy/reference.ts';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import type { FreeTierState } from '../../workflows/state.ts';
import { eventually } from '../setup/eventually.ts';
import { flagged } from '../setup/flagged.ts';
import { beginInTheMorning } from '../setup/morning.ts';
import { type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
/** A run ends at the first reset after half a year: here, at each. */
const yearly: PolicyDocument = {
  ...referencePolicy,
  plans: {
    free: {
      ...free,
      sessions: { per_day: null, per_month: 2, concurrent: 2, idle_timeout: 'PT30M' },
      period: { every: 'P12M', anchor: 'registration' },
    },
  },
};

const years = 12;
const rechecksAYear = 13;
const extensionsAYear = 3;
const extensions = years * extensionsAYear;
const repeats = years * rechecksAYear;

async function runsOf(workflowId: string): Promise<string[]> {
  const runs: string[] = [];
  for await (const { runId } of product.client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
    runs.push(runId);
  return runs;
}

test('fault 19, sdk-dotnet #427 and sdk-typescript #1966: of a storm of signals and an update over a new run for each period no word is lost, and none counts twice', async () => {
  const app = await product.app(yearly);
  const { ledger } = product.database;
  const session = async () => {
    const { body } = await app.call('POST', '/v1/users/ada/sessions', { confirmed: true });
    if (body.session === undefined) return;
    await app.call('POST', `/v1/sessions/${body.session.id}/usage`, { id: body.session.id, cost_usd: 0.01 });
    await app.call('POST', `/v1/sessions/${body.session.id}/end`);
  };
  await beginInTheMorning(app);
  await session();
  await app.call('POST', '/v1/test-clock/advance', { by: 'PT1H' });
  const workflow = product.workflowOf(app, 'ada');
  const review = await flagged(product, app, 'ada', 'restricted');

  const live = async () => {
    await session();
    await app.call('POST', '/v1/test-clock/advance', { by: 'P366D', wait: false });
    // Each period is followed before the next: every one is a run of its own.
    await eventually(
      () => product.markOf(app, 'ada'),
      (mark) => mark.acked_seq >= mark.seq,
    );
  };
  const people = async (year: number) => {
    const by = `person ${year}`;
    for (let said = 0; said < rechecksAYear; said += 1) {
      await workflow.signal('recheck', { by });
      if (said < extensionsAYear)
        await workflow.signal('extend', { by, sessions: 1, until: '2199-01-31T00:00:00Z' });
    }
    if (year === years - 1)
      await app.growth('POST', `/v1/reviews/${review}/decision`, { decision: 'approve', note: 'a class' });
  };
  // Something is said in every year, so in every run, while the year passes.
  for (let year = 0; year < years; year += 1) await Promise.all([live(), people(year)]);

  const state = await eventually(
    () => workflow.query<FreeTierState>('account'),
    ({ actsTaken, acts, acknowledged, seq }) =>
      actsTaken === repeats + extensions && acts.length === 0 && acknowledged?.seq === seq,
  );
  expect(state.entitlement.modifiers).toHaveLength(extensions);
  expect(state.entitlement.standing).toBe('good');
  const { rows } = await ledger.pool.query(
    `select count(*)::int as commands, count(distinct key)::int as keys, max(number) as last,
       count(*) filter (where kind = 'grant')::int as grants
     from commands where app_id = $1`,
    [app.id],
  );
  expect(rows).toMatchObject([{ grants: extensions, last: state.entitlement.foldedThrough }]);
  expect(rows[0].commands).toBe(rows[0].keys);
  const notices = (await app.call('GET', '/v1/users/ada/inbox')).body.notices.map(
    ({ id }: { id: string }) => id,
  );
  expect(new Set(notices).size).toBe(notices.length);
  expect((await runsOf(workflow.workflowId)).length).toBeGreaterThan(years / 2);
  expect(state.periods.at(-1)?.number).toBe(years + 1);
});

test('five hundred long words that wait for a worker are done once each, in order, and none is lost on the way to a next run', async () => {
  const app = await product.app();
  await app.call('POST', '/v1/users/ada/sessions');
  await app.call('POST', '/v1/test-clock/advance', { by: 'PT1H' });
  await flagged(product, app, 'ada', 'under_review');
  const workflow = product.workflowOf(app, 'ada');
  await eventually(
    () => workflow.query<FreeTierState>('account'),
    ({ entitlement }) => entitlement.standing === 'under_review',
  );
  await product.stopWorker();
  const words = 500;
  for (let number = 0; number < words; number += 1)
    await workflow.signal('recheck', { by: `person ${number}`, note: 'n'.repeat(2_000) });
  await product.startWorker();
  const rows = await eventually(
    async () => {
      const said = await product.database.ledger.pool.query<{ by: string }>(
        `select issued_by as by from commands where app_id = $1 and kind = 'recheck' order by number`,
        [app.id],
      );
      return said.rows.map(({ by }) => by);
    },
    ({ length }) => length >= words,
    100_000,
  );
  expect(rows).toEqual(Array.from({ length: words }, (_, number) => `person ${number}`));
  const failed: string[] = [];
  for (const runId of await runsOf(workflow.workflowId)) {
    const { events } = await product.client.workflow.getHandle(workflow.workflowId, runId).fetchHistory();
    failed.push(
      ...(events ?? []).flatMap((event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? []),
    );
  }
  expect(failed).toEqual([]);
}, 120_000);

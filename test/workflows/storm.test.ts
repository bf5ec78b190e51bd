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
const daily: PolicyDocument = {
  ...referencePolicy,
  plans: {
    free: {
      ...free,
      sessions: { per_day: null, per_month: 2, concurrent: 2, idle_timeout: 'PT30M' },
      period: { every: 'P1D', anchor: 'calendar' },
    },
  },
};

const days = 12;
const rechecksADay = 13;
const extensionsADay = 3;
const extensions = days * extensionsADay;
const repeats = days * rechecksADay;

test('fault 19, sdk-dotnet #427 and sdk-typescript #1966: of a storm of signals and an update over a new run a day no word is lost, and none counts twice', async () => {
  const app = await product.app(daily);
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
  const { raw } = await workflow.describe();
  const review = await flagged(product, app, 'ada', 'restricted');

  const live = async () => {
    await session();
    await app.call('POST', '/v1/test-clock/advance', { by: 'P1D', wait: false });
    // Each period is followed before the next: every one is a run of its own.
    await eventually(
      () => product.markOf(app, 'ada'),
      (mark) => mark.acked_seq >= mark.seq,
    );
  };
  const people = async (day: number) => {
    const by = `person ${day}`;
    for (let said = 0; said < rechecksADay; said += 1) {
      await workflow.signal('recheck', { by });
      if (said < extensionsADay)
        await workflow.signal('extend', { by, sessions: 1, until: '2199-01-31T00:00:00Z' });
    }
    if (day === days - 1)
      await app.growth('POST', `/v1/reviews/${review}/decision`, { decision: 'approve', note: 'a class' });
  };
  // Something is said on every day, so in every run, while the day passes.
  for (let day = 0; day < days; day += 1) await Promise.all([live(), people(day)]);

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
  const now = await workflow.describe();
  expect(now.runId).not.toBe(raw.workflowExecutionInfo?.execution?.runId);
  expect(state.periods.at(-1)?.number).toBe(days + 1);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FreeTierState } from '../../workflows/state.ts';
import { eventually } from '../setup/eventually.ts';
import { flagged } from '../setup/flagged.ts';
import { type TestApp, type TestProduct, startProduct } from '../setup/product.ts';

/** What a person sees and finds in the Temporal UI, read as the UI reads it. */

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

/** A user who has had some of the ten sessions of a month. */
async function userWith(app: TestApp, user: string, sessions: number): Promise<void> {
  for (let number = 0; number < sessions; number += 1) {
    const { body } = await app.call('POST', `/v1/users/${user}/sessions`, { confirmed: true });
    const { id } = body.session;
    await app.call('POST', `/v1/sessions/${id}/usage`, { id: `${app.id}-${user}-${number}`, cost_usd: 0.01 });
    await app.call('POST', `/v1/sessions/${id}/end`);
    if (number % 3 === 2) await app.call('POST', '/v1/test-clock/advance', { by: 'P1D' });
  }
}

async function listed(query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of product.client.workflow.list({ query })) ids.push(workflowId);
  return ids.sort();
}

test('all restricted accounts over 85 % of one app are one list filter', async () => {
  const [app, other] = [await product.app(), await product.app()];
  for (const [of, user, sessions] of [
    [app, 'busy', 9],
    [app, 'good', 9],
    [app, 'calm', 2],
    [other, 'busy', 9],
  ] as const) {
    await userWith(of, user, sessions);
  }
  await flagged(product, app, 'busy', 'restricted');
  await flagged(product, app, 'calm', 'restricted');
  await flagged(product, other, 'busy', 'restricted');
  const query = `App = "${app.id}" AND Standing = "restricted" AND UsagePercent > 85`;
  const found = await eventually(
    () => listed(query),
    (ids) => ids.length > 0,
  );
  expect(found).toEqual([`free-tier/${app.id}/busy`]);
  const restricted = await eventually(
    () => listed(`App = "${app.id}" AND Standing = "restricted"`),
    (ids) => ids.length === 2,
  );
  expect(restricted).toEqual([`free-tier/${app.id}/busy`, `free-tier/${app.id}/calm`]);
});

test('a search attribute is written when it changes and at no other time', async () => {
  const app = await product.app();
  await userWith(app, 'ada', 1);
  const stateOf = () => product.workflowOf(app, 'ada').query<FreeTierState>('account');
  await eventually(
    () => stateOf().catch(() => null),
    (state) => (state?.periods.at(-1)?.percent ?? 0) > 0,
  );
  const upserts = async () => {
    const { events } = await product.workflowOf(app, 'ada').fetchHistory();
    return (events ?? []).filter((event) => event.upsertWorkflowSearchAttributesEventAttributes).length;
  };
  const before = await upserts();
  for (let number = 0; number < 3; number += 1)
    await product.workflowOf(app, 'ada').signal('recheck', 'nonsense');
  await eventually(stateOf, ({ journal }) => journal.filter(({ kind }) => kind === 'problem').length === 3);
  expect(await upserts()).toBe(before);
});

type Described = { readonly name?: string; readonly description?: string };
type Metadata = {
  readonly currentDetails?: string;
  readonly definition?: {
    readonly signalDefinitions?: readonly Described[];
    readonly updateDefinitions?: readonly Described[];
    readonly queryDefinitions?: readonly Described[];
  };
};
const metadataOf = (app: TestApp, user: string) =>
  product.workflowOf(app, user).query<Metadata>('__temporal_workflow_metadata');

test('every signal, update and query says what it is for, and how to type it where a person does', async () => {
  const app = await product.app();
  await userWith(app, 'ada', 1);
  const { definition } = await eventually(
    () => metadataOf(app, 'ada').catch((): Metadata => ({})),
    (metadata) => metadata.definition !== undefined,
  );
  const ours = (described: readonly Described[] = []) =>
    described.filter(({ name }) => name !== undefined && !name.startsWith('__'));
  const signals = ours(definition?.signalDefinitions);
  expect(signals.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['approve', 'extend', 'recheck', 'reject', 'totals']),
  );
  const all = [...signals, ...ours(definition?.updateDefinitions), ...ours(definition?.queryDefinitions)];
  for (const { name, description } of all) expect(description, name).toMatch(/\w{3,}/);
  for (const { name, description } of signals.filter((signal) => signal.name !== 'totals')) {
    expect(description, name).toContain('Input: {"by": "your name"');
  }
});

test('the card tells standing, bar, reset, nudges, the open review with its evidence, and the last five acts', async () => {
  const app = await product.app();
  await userWith(app, 'ada', 9);
  await flagged(product, app, 'ada', 'under_review');
  await product.workflowOf(app, 'ada').signal('recheck', { by: 'maya', note: 'a look' });
  const card = await eventually(
    async () => (await metadataOf(app, 'ada').catch((): Metadata => ({}))).currentDetails ?? '',
    (text) => text.includes('re\\-checked by maya'),
  );
  expect(card).toContain('**Standing:** under review, score 50');
  expect(card).toContain('██████████████████░░ 90 %');
  expect(card).toMatch(/resets at \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  expect(card).toMatch(/\*\*Nudges sent:\*\* .*85 %/);
  expect(card).toMatch(/\*\*Open review:\*\* 50 points, opened .* UTC, due .* UTC/);
  expect(card).toContain('- 25 points, machine speed: median pause of');
  expect(card).toMatch(/The app is reminded at .* UTC, if nobody decides before/);
  const acts = card.split('**Last acts**')[1]?.match(/^- /gm) ?? [];
  expect(acts.length).toBeGreaterThan(1);
  expect(acts.length).toBeLessThanOrEqual(5);
});

test('every timer and every activity in the history says in words what it is for', async () => {
  const app = await product.app();
  await userWith(app, 'ada', 4);
  await flagged(product, app, 'ada', 'under_review');
  await app.call('POST', '/v1/test-clock/advance', { by: 'P3D' });
  const { events } = await product.workflowOf(app, 'ada').fetchHistory();
  const kept = (events ?? []).filter(
    (event) =>
      event.timerStartedEventAttributes ||
      event.markerRecordedEventAttributes?.markerName === 'core_local_activity',
  );
  const words = kept.map((event) => {
    const data = event.userMetadata?.summary?.data;
    return data === null || data === undefined ? '' : String(JSON.parse(new TextDecoder().decode(data)));
  });
  expect(words.length).toBeGreaterThan(5);
  expect(words.filter((text) => text === '')).toEqual([]);
  expect(words).toContain('Until the review is due');
  expect(words).toContain('Remind: the review is due');
  expect(words).toContain('Escalate: nobody decided the review');
  expect(words.join(' ')).not.toContain('ada');
});

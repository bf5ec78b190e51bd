import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../activities/create-activities.ts';
import { appId, userId } from '../../domain/ids.ts';
import { readTotals } from '../../ledger/totals.ts';
import { flagged } from '../setup/flagged.ts';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const activities = () => createActivities(api.database.ledger);
const keyOf = (app: TestApp, user: string) => ({ appId: appId(app.id), userId: userId(user) });
const totalsOf = async (app: TestApp, user: string) => {
  const [totals] = await readTotals(api.database.ledger, [keyOf(app, user)]);
  if (totals === undefined) throw new Error('the ledger has no such account');
  return totals;
};
const reviewOf = async (app: TestApp, user: string) => {
  const { review } = await totalsOf(app, user);
  if (review === undefined || review === null) throw new Error('no review is open');
  return review;
};
const listed = async (app: TestApp, status: string) =>
  (await app.growth('GET', `/v1/reviews?status=${status}`)).body.reviews;
const hours = 3_600_000;

test('the totals tell the open review with its due date and the policy it is escalated by', async () => {
  const app = await api.app();
  const id = await flagged(api, app, 'ada', 'restricted');
  const review = await reviewOf(app, 'ada');
  expect(review).toMatchObject({
    id,
    score: 50,
    escalateAfter: 24 * hours,
    afterwards: 'keep_and_recheck',
    signals: [{ name: 'machine_speed' }, { name: 'many_attempts' }],
  });
  expect(review.dueAt - review.openedAt).toBe(24 * hours);
  await app.growth('POST', `/v1/reviews/${id}/decision`, { decision: 'approve', by: 'maya' });
  expect((await totalsOf(app, 'ada')).review).toBeNull();
});

test('a re-check repeated after a crash is one command, and a hold it keeps has one new due date', async () => {
  const app = await api.app();
  await flagged(api, app, 'eve', 'under_review');
  const review = await reviewOf(app, 'eve');
  await app.call('POST', '/v1/test-clock/advance', { by: 'P2D', wait: false });
  const once = await activities().recheckReview({ ...keyOf(app, 'eve'), review });
  const twice = await activities().recheckReview({ ...keyOf(app, 'eve'), review });
  expect(twice.totals.commands).toEqual(once.totals.commands);
  expect(once.totals.commands.map(({ kind }) => kind)).toEqual(['flag', 'recheck']);
  const again = await reviewOf(app, 'eve');
  expect(again.dueAt - review.dueAt).toBeGreaterThanOrEqual(48 * hours);
  expect(Date.parse((await listed(app, 'open'))[0].due_at)).toBe(again.dueAt);
});

test('a restriction whose evidence has gone is released by stipend, and its review says so', async () => {
  const app = await api.app();
  await flagged(api, app, 'bob', 'restricted');
  const review = await reviewOf(app, 'bob');
  const { totals } = await activities().recheckReview({ ...keyOf(app, 'bob'), review });
  expect(totals.review).toBeNull();
  expect(await listed(app, 'released')).toMatchObject([
    { user: 'bob', status: 'released', decided_by: 'stipend' },
  ]);
  const { body } = await app.growth('GET', '/v1/users/bob/timeline');
  const texts: string[] = body.entries.map((entry: { text: string }) => entry.text);
  expect(texts.find((text) => text.includes('re-checked'))).toMatch(/stipend re-checked .* released .*good/);
});

test('two opposite words in one commit leave the review as the last one has it', async () => {
  const app = await api.app();
  const id = await flagged(api, app, 'mia', 'under_review');
  const decide = (decision: string) =>
    app.growth('POST', `/v1/reviews/${id}/decision`, { decision, by: decision });
  await Promise.all([decide('reject'), decide('approve')]);
  const { entitlement, commands } = await totalsOf(app, 'mia');
  const last = commands.at(-1);
  expect(entitlement.version).toBe(0);
  const status = last?.kind === 'approve' ? 'approved' : 'rejected';
  expect(await listed(app, status)).toMatchObject([{ id, decided_by: last?.by }]);
});

const deliveriesOf = async (app: TestApp) => {
  const { rows } = await api.database.ledger.pool.query(
    `select notice_id, status, last_error, payload from deliveries where app_id = $1 order by payload ->> 'type' desc`,
    [app.id],
  );
  return rows;
};

test('a reminder goes to the app, an escalation to the second address, each once for a due date', async () => {
  const app = await api.app();
  const put = await app.call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/app' });
  const second = await app.call('POST', '/v1/webhooks', {
    url: 'http://127.0.0.1:9/lead',
    events: ['review.escalated'],
  });
  expect(second.body.secret).not.toBe(put.body.secret);
  const id = await flagged(api, app, 'ada', 'restricted');
  const request = {
    ...keyOf(app, 'ada'),
    review: await reviewOf(app, 'ada'),
    standing: 'restricted' as const,
  };
  for (const event of ['due', 'due', 'escalated', 'escalated'] as const) {
    await activities().tellOfReview({ ...request, event });
  }
  const rows = await deliveriesOf(app);
  expect(rows.map(({ payload, status }) => [payload.type, status])).toEqual([
    ['review.escalated', 'pending'],
    ['review.due', 'pending'],
  ]);
  expect(rows[1].payload).toMatchObject({
    type: 'review.due',
    data: { review: id, user: 'ada', standing: 'restricted', score: 50 },
  });
  expect(rows[0].payload.type).toBe('review.escalated');
  expect(JSON.stringify(rows)).not.toMatch(/usd|\$/i);
});

test('an escalation without a second address stands as failed, a reminder without a webhook leaves nothing', async () => {
  const app = await api.app();
  await flagged(api, app, 'ada', 'restricted');
  const request = {
    ...keyOf(app, 'ada'),
    review: await reviewOf(app, 'ada'),
    standing: 'restricted' as const,
  };
  await activities().tellOfReview({ ...request, event: 'due' });
  await activities().tellOfReview({ ...request, event: 'escalated' });
  expect(await deliveriesOf(app)).toMatchObject([
    { status: 'failed', last_error: 'no endpoint of the app asks for this event' },
  ]);
});

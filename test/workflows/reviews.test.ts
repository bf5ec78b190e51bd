import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detailsOf } from '../../workflows/details.ts';
import type { FreeTierState } from '../../workflows/state.ts';
import { eventually } from '../setup/eventually.ts';
import { flagged } from '../setup/flagged.ts';
import { type TestApp, type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const stateOf = (app: TestApp, user: string) => product.workflowOf(app, user).query<FreeTierState>('account');
const advance = async (app: TestApp, by: string) => {
  const { body } = await app.call('POST', '/v1/test-clock/advance', { by });
  expect(body.acknowledged).toBe(true);
};

/** An app with both addresses, neither of which answers: what is sent to them stands in the ledger. */
async function appThatListens(): Promise<TestApp> {
  const app = await product.app();
  await app.call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/app' });
  await app.call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/lead', events: ['review.escalated'] });
  return app;
}

/** What was sent about reviews, in order. */
async function told(app: TestApp): Promise<string[]> {
  const { rows } = await product.database.ledger.pool.query(
    `select payload ->> 'type' as type from deliveries where app_id = $1 and payload ->> 'type' like 'review.%'
     order by created_at`,
    [app.id],
  );
  return rows.map(({ type }) => type);
}

const settled = (app: TestApp, user: string, holds: (state: FreeTierState) => boolean) =>
  eventually(
    () => stateOf(app, user).catch(() => null),
    (state) => state !== null && holds(state),
  );

describe('a review that nobody decides', () => {
  test('is due, escalated and re-checked at its times; a hold stays and is due again', async () => {
    const app = await appThatListens();
    await flagged(product, app, 'ada', 'under_review');
    await advance(app, 'PT23H');
    expect(await told(app)).toEqual([]);
    await advance(app, 'PT2H');
    expect(await told(app)).toEqual(['review.due']);
    await advance(app, 'P1D');
    expect(await told(app)).toEqual(['review.due', 'review.escalated']);
    const state = await stateOf(app, 'ada');
    expect(state.entitlement.standing).toBe('under_review');
    expect(state.journal.map(({ text }) => text)).toContain(
      're-checked by stipend at 0 points and kept: nobody decided in time',
    );
    await advance(app, 'P1D');
    expect(await told(app)).toEqual(['review.due', 'review.escalated', 'review.due']);
    expect((await app.call('POST', '/v1/users/ada/sessions')).body.limited_by).toBe('review');
  });

  test('lets a restricted user go on when the evidence has gone, and nothing is sent afterwards', async () => {
    const app = await appThatListens();
    await flagged(product, app, 'ada', 'restricted');
    await advance(app, 'P9D');
    expect(await told(app)).toEqual(['review.due', 'review.escalated']);
    const state = await stateOf(app, 'ada');
    expect(state.entitlement.standing).toBe('good');
    const { body } = await app.growth('GET', '/v1/reviews?status=released');
    expect(body.reviews).toMatchObject([{ user: 'ada', decided_by: 'stipend' }]);
  });

  test('survives a month: every due date of a hold is told once, over every reset', async () => {
    const app = await appThatListens();
    await flagged(product, app, 'ada', 'under_review');
    await advance(app, 'P40DT12H');
    const { rows } = await product.database.ledger.pool.query(
      `select count(*)::int as all, count(distinct notice_id)::int as distinct,
         count(*) filter (where payload ->> 'type' = 'review.due')::int as due
       from deliveries where app_id = $1 and payload ->> 'type' like 'review.%'`,
      [app.id],
    );
    // Due after a day, escalated after two, and so on: twenty times in forty days.
    expect(rows[0]).toEqual({ all: 40, distinct: 40, due: 20 });
  });
});

test('a review that is decided in time is neither due nor escalated, whoever decides it', async () => {
  const app = await appThatListens();
  const id = await flagged(product, app, 'ada', 'under_review');
  await flagged(product, app, 'bob', 'restricted');
  await settled(app, 'ada', ({ entitlement }) => entitlement.reviewId !== null);
  await settled(app, 'bob', ({ entitlement }) => entitlement.reviewId !== null);
  const decided = await app.growth('POST', `/v1/reviews/${id}/decision`, { decision: 'reject', by: 'maya' });
  expect(decided.body).toMatchObject({ standing: 'suspended', state: 'applied' });
  await product.workflowOf(app, 'bob').signal('approve', { by: 'maya', note: 'a class of pupils' });
  await settled(app, 'bob', ({ entitlement }) => entitlement.standing === 'good');
  await advance(app, 'P5D');
  expect(await told(app)).toEqual([]);
});

describe('signals that a person types', () => {
  test('recheck lifts a restriction without evidence, and says so when it does not', async () => {
    const app = await product.app();
    await flagged(product, app, 'ada', 'restricted');
    await flagged(product, app, 'bob', 'under_review');
    for (const user of ['ada', 'bob']) {
      await settled(app, user, ({ entitlement }) => entitlement.reviewId !== null);
      await product.workflowOf(app, user).signal('recheck', { by: 'maya', note: 'after a call' });
    }
    await settled(app, 'ada', ({ entitlement }) => entitlement.standing === 'good');
    const kept = await settled(app, 'bob', ({ journal }) => journal.length > 1);
    expect(kept?.entitlement.standing).toBe('under_review');
    expect(kept?.journal.at(-1)?.text).toBe('re-checked by maya at 0 points and kept: after a call');
    await product.workflowOf(app, 'ada').signal('recheck', { by: 'maya' });
    const refused = await settled(app, 'ada', ({ journal }) => journal.at(-1)?.kind === 'problem');
    expect(refused?.journal.at(-1)?.text).toBe('recheck by maya changed nothing: no review is open');
  });

  test('the same approval twice is noted the second time and changes nothing', async () => {
    const app = await product.app();
    await flagged(product, app, 'ada', 'under_review');
    await settled(app, 'ada', ({ entitlement }) => entitlement.reviewId !== null);
    const approval = { by: 'maya', note: 'known' };
    await product.workflowOf(app, 'ada').signal('approve', approval);
    const before = await settled(app, 'ada', ({ entitlement }) => entitlement.standing === 'good');
    await product.workflowOf(app, 'ada').signal('approve', approval);
    const after = await settled(app, 'ada', ({ journal }) => journal.at(-1)?.kind === 'problem');
    expect(after?.entitlement).toEqual(before?.entitlement);
    expect(after?.journal.at(-1)?.text).toBe('approve by maya changed nothing: no review is open');
  });

  test.each([
    ['a number', 'approve', 7],
    ['a list', 'reject', [{ by: 'maya' }]],
    ['null', 'recheck', null],
    ['a name that is an object', 'recheck', { by: { first: 'maya' } }],
    ['a note that is a number', 'approve', { by: 'maya', note: 7 }],
    ['a note of a million characters', 'reject', { by: 'maya', note: 'x'.repeat(1_000_000) }],
    ['a signal with a name of 900 characters', 'y'.repeat(900), { by: 'maya' }],
  ])('%s is noted and changes nothing', async (_name, signal, payload) => {
    const app = await product.app();
    await flagged(product, app, 'ada', 'under_review');
    const before = await settled(app, 'ada', ({ entitlement }) => entitlement.reviewId !== null);
    await product.workflowOf(app, 'ada').signal(signal, payload);
    const after = await settled(app, 'ada', ({ journal }) => journal.at(-1)?.kind === 'problem');
    expect(after?.entitlement).toEqual(before?.entitlement);
    expect(after?.acts).toEqual([]);
    expect(JSON.stringify(after).length).toBeLessThan(6_000);
  });

  test('markup in a note is shown as text on one line', async () => {
    const app = await product.app();
    await flagged(product, app, 'ada', 'under_review');
    await settled(app, 'ada', ({ entitlement }) => entitlement.reviewId !== null);
    const note = '# hi\n\n![x](http://evil.example/x.png) <img src=x> www.evil.example &amp; $x$ **bold**';
    await product.workflowOf(app, 'ada').signal('approve', { by: 'maya', note });
    const state = await settled(app, 'ada', ({ entitlement }) => entitlement.standing === 'good');
    const card = state === null ? '' : detailsOf(state);
    const line = card.split('\n').find((candidate) => candidate.includes('approved by maya')) ?? '';
    expect(line).toContain(
      String.raw`\# hi \!\[x\]\(http\://evil\.example/x\.png\) \<img src\=x\> www\.evil`,
    );
    expect(line).toContain(String.raw`\&amp; USD xUSD  \*\*bold`);
    expect(line).not.toMatch(/(^|[^\\])[[\]<>*#!&]/);
  });
});

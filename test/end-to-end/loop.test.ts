import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../setup/eventually.ts';
import { type TestApp, type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

let events = 0;

/** Asks, says yes if asked, spends a cent and ends; answers the first answer. */
async function session(app: TestApp, user: string) {
  const first = await app.call('POST', `/v1/users/${user}/sessions`);
  const admitted =
    first.body.outcome === 'confirm'
      ? await app.call('POST', `/v1/users/${user}/sessions`, { confirmed: true })
      : first;
  if (admitted.status === 201) {
    const { id } = admitted.body.session;
    events += 1;
    await app.call('POST', `/v1/sessions/${id}/usage`, { id: `event-${events}`, cost_usd: 0.01 });
    await app.call('POST', `/v1/sessions/${id}/end`);
  }
  return first;
}

const nextDay = (app: TestApp) => app.call('POST', '/v1/test-clock/advance', { by: 'P1D' });

async function inboxOf(app: TestApp, user: string): Promise<{ id: string; text: string }[]> {
  return (await app.call('GET', `/v1/users/${user}/inbox`)).body.notices;
}

const ids = (notices: readonly { id: string }[]) => notices.map((notice) => notice.id);

describe('a month of a free user', () => {
  test('7 sessions show the indicator, 9 nudge, the 10th asks, then the cut-off names the reset date', async () => {
    const app = await product.app();
    for (let number = 1; number <= 6; number += 1) {
      expect((await session(app, 'ada')).body.usage.stage).toBe('clear');
      if (number % 3 === 0) await nextDay(app);
    }
    expect((await session(app, 'ada')).body.usage).toMatchObject({ stage: 'indicator', percent: 70 });
    expect(
      ids(
        await eventually(
          () => inboxOf(app, 'ada'),
          (list) => list.length === 1,
        ),
      ),
    ).toEqual(['nudge-1-70']);
    await session(app, 'ada');
    expect((await session(app, 'ada')).body.usage).toMatchObject({ stage: 'nudge', percent: 90 });
    await eventually(
      () => inboxOf(app, 'ada'),
      (list) => ids(list).includes('nudge-1-85'),
    );

    await nextDay(app);
    const tenth = await app.call('POST', '/v1/users/ada/sessions');
    expect(tenth).toMatchObject({ status: 200, body: { outcome: 'confirm' } });
    await eventually(
      () => inboxOf(app, 'ada'),
      (list) => ids(list).includes('nudge-1-95'),
    );
    await session(app, 'ada');
    await eventually(
      () => inboxOf(app, 'ada'),
      (list) => ids(list).includes('nudge-1-100'),
    );

    const eleventh = await session(app, 'ada');
    expect(eleventh.status).toBe(429);
    expect(eleventh.body).toMatchObject({ limited_by: 'month', violated_policies: ['month'] });
    const resetsAt: string = eleventh.body.resets_at;
    expect(Date.parse(resetsAt)).toBeGreaterThan(Date.now());
    expect(eleventh.body.detail).toContain('resets on');

    const moved = await app.call('POST', '/v1/test-clock/advance', { to: resetsAt });
    expect(moved.body).toEqual({ now: expect.any(String), acknowledged: true });
    expect((await app.call('GET', '/v1/users/ada/usage')).body).toMatchObject({
      percent: 0,
      month: { used: 0, remaining: 10 },
    });
    const notices = await eventually(
      () => inboxOf(app, 'ada'),
      (list) => ids(list).includes('reset-2'),
    );
    expect(ids(notices).sort()).toEqual(['nudge-1-100', 'nudge-1-70', 'nudge-1-85', 'nudge-1-95', 'reset-2']);
    expect((await session(app, 'ada')).status).toBe(201);
  });
});

describe('a suspicious user', () => {
  const flag = async (app: TestApp, user: string) => {
    for (let attempt = 0; attempt < 25; attempt += 1) await app.call('POST', `/v1/users/${user}/sessions`);
    return eventually(
      () => app.growth('GET', '/v1/reviews'),
      (reply) => reply.body.reviews.length === 1,
    );
  };

  test('is flagged, spends nothing more, and goes on once a person signals approve from Temporal', async () => {
    const app = await product.app();
    const reviews = await flag(app, 'bot');
    expect(reviews.body.reviews[0]).toMatchObject({ user: 'bot', status: 'open', score: 50 });
    await nextDay(app);
    const blocked = await app.call('POST', '/v1/users/bot/sessions');
    expect(blocked.status).toBe(403);
    expect(blocked.body.limited_by).toBe('review');

    const workflow = product.workflowOf(app, 'bot');
    await workflow.signal('approve', 'not an object');
    await workflow.signal('approve', { by: 'grace', note: 'a class of pupils' });
    const admitted = await eventually(
      () => app.call('POST', '/v1/users/bot/sessions'),
      (reply) => reply.status === 201,
    );
    expect(admitted.body.outcome).toBe('admitted');
    const approved = await app.growth('GET', '/v1/reviews?status=approved');
    expect(approved.body.reviews[0]).toMatchObject({ decided_by: 'grace', note: 'a class of pupils' });
  });

  test('is suspended by a rejection and set free by a later approval', async () => {
    const app = await product.app();
    const reviews = await flag(app, 'bot');
    const { id } = reviews.body.reviews[0];
    const rejected = await app.growth('POST', `/v1/reviews/${id}/decision`, {
      decision: 'reject',
      by: 'maya',
    });
    expect(rejected.body).toMatchObject({ standing: 'suspended' });
    const refused = await app.call('POST', '/v1/users/bot/sessions');
    expect(refused).toMatchObject({ status: 403, body: { limited_by: 'suspended' } });
    const approved = await app.growth('POST', `/v1/reviews/${id}/decision`, {
      decision: 'approve',
      by: 'maya',
    });
    expect(approved.body).toMatchObject({ standing: 'good' });
  });
});

test('while Temporal takes nothing, sessions are admitted; afterwards the workflow catches up', async () => {
  const app = await product.app();
  await product.stopWorker();
  for (let day = 0; day < 3; day += 1) {
    for (let number = 0; number < 3; number += 1) {
      expect((await session(app, 'eve')).status).toBe(201);
    }
    await app.call('POST', '/v1/test-clock/advance', { by: 'P1D', wait: false });
  }
  expect(await inboxOf(app, 'eve')).toEqual([]);
  await product.startWorker();
  const notices = await eventually(
    () => inboxOf(app, 'eve'),
    (list) => list.length > 0,
  );
  // A jump over two thresholds delivers the higher one.
  expect(ids(notices)).toEqual(['nudge-1-85']);
});

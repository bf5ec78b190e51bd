import { afterAll, beforeAll, expect, test } from 'vitest';
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
const stateOf = (app: TestApp) => workflowOf(app).query<FreeTierState>('account');
const forward = (app: TestApp, by: string) => app.call('POST', '/v1/test-clock/advance', { by });
const noticesOf = async (app: TestApp) => (await app.call('GET', '/v1/users/ada/inbox')).body.notices;
const outboxOf = (app: TestApp) => product.markOf(app, 'ada');

/** One session with usage; answers its id. */
async function session(app: TestApp): Promise<string> {
  const { id } = (await app.call('POST', '/v1/users/ada/sessions', { confirmed: true })).body.session;
  await app.call('POST', `/v1/sessions/${id}/usage`, { id: `use-${id}`, cost_usd: 0.01 });
  await app.call('POST', `/v1/sessions/${id}/end`);
  return id;
}

async function hibernating(app: TestApp): Promise<void> {
  await session(app);
  await forward(app, 'P32D');
  expect(await statusOf(app)).toBe('RUNNING');
  expect((await forward(app, 'P31D')).body.acknowledged).toBe(true);
  await eventually(
    () => statusOf(app),
    (name) => name === 'COMPLETED',
  );
}

test('a user silent for a whole period hibernates with a summary, and wakes with the next session', async () => {
  const app = await product.app();
  await hibernating(app);
  expect(await workflowOf(app).result()).toMatchObject({
    ended: 'hibernating',
    standing: 'good',
    period: { number: 2, sessionsUsed: 0 },
  });
  expect(await outboxOf(app)).toMatchObject({ send_at: null, wake_at: null });
  const notices = await noticesOf(app);
  expect(notices.map(({ kind }: { kind: string }) => kind)).toEqual(['reset']);

  await forward(app, 'P200D');
  expect(await statusOf(app)).toBe('COMPLETED');
  await session(app);
  const state = await eventually(
    () => stateOf(app),
    (seen) => seen.periods.at(-1)?.sessionsUsed === 1,
  );
  expect(state.periods.at(-1)?.number).toBe(9);
  expect(await statusOf(app)).toBe('RUNNING');
  expect(await noticesOf(app)).toEqual(notices);
  await forward(app, 'P32D');
  expect((await noticesOf(app)).length).toBe(2);
});

/** Does something once, right before or right after the ledger hears that the workflow waits for nothing. */
function atFarewell(moment: 'before' | 'after', app: TestApp, act: () => Promise<unknown>): () => void {
  const { pool } = product.database.ledger;
  const original = pool.query.bind(pool) as (...args: any[]) => Promise<unknown>;
  let isDone = false;
  pool.query = (async (...args: any[]) => {
    const [{ name, values } = { name: '', values: [] }] = args;
    const isFarewell = name === 'acknowledge-mark' && values[0] === app.id && values[4] === null;
    if (!isFarewell || isDone) return original(...args);
    isDone = true;
    if (moment === 'before') await act();
    const answer = await original(...args);
    if (moment === 'after') await act();
    return answer;
  }) as typeof pool.query;
  return () => {
    pool.query = original as typeof pool.query;
  };
}

test.each(['before', 'after'] as const)(
  'a session %s the last word of a workflow that falls silent is not lost: its mark wakes the account',
  async (moment) => {
    const app = await product.app();
    await session(app);
    await forward(app, 'P32D');
    const undo = atFarewell(moment, app, () => session(app));
    try {
      await forward(app, 'P31D');
      const state = await eventually(
        () => stateOf(app),
        (seen) => seen.periods.at(-1)?.sessionsUsed === 1 && seen.periods.at(-1)?.number === 3,
      );
      expect(state.entitlement.standing).toBe('good');
      await eventually(
        () => outboxOf(app),
        (mark) => mark.send_at === null && mark.acked_seq >= mark.seq,
      );
      expect(await statusOf(app)).toBe('RUNNING');
    } finally {
      undo();
    }
  },
);

test('ten users that fall silent while they come back are all awake in the end, and nothing was told twice', async () => {
  const apps = await Promise.all(Array.from({ length: 10 }, () => product.app()));
  await Promise.all(
    apps.map(async (app) => {
      await session(app);
      await forward(app, 'P32D');
      await Promise.all([forward(app, 'P31D'), session(app)]);
      await session(app);
    }),
  );
  for (const app of apps) {
    const { rows } = await product.database.ledger.pool.query(
      'select number, sessions_used from periods where app_id = $1 order by number desc limit 1',
      [app.id],
    );
    await eventually(
      () => stateOf(app),
      ({ periods }) =>
        periods.at(-1)?.number === rows[0].number && periods.at(-1)?.sessionsUsed === rows[0].sessions_used,
    );
    expect(await statusOf(app)).toBe('RUNNING');
    const ids = (await noticesOf(app)).map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('who waits for a person does not hibernate', async () => {
  const app = await product.app();
  for (let attempt = 0; attempt < 25; attempt += 1) await app.call('POST', '/v1/users/ada/sessions');
  await forward(app, 'P200D');
  expect(await statusOf(app)).toBe('RUNNING');
  expect((await stateOf(app)).entitlement.standing).not.toBe('good');
});

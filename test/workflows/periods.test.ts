import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import type { FreeTierState } from '../../workflows/state.ts';
import { eventually } from '../setup/eventually.ts';
import { type TestApp, type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
const twoAMonth: PolicyDocument = {
  ...referencePolicy,
  plans: {
    free: {
      ...free,
      sessions: { ...free.sessions, per_day: null, per_month: 2 },
      period: { every: 'P1M', anchor: 'registration', announce_reset: 'PT24H' },
    },
  },
};

async function session(app: TestApp, user: string): Promise<number> {
  const { status, body } = await app.call('POST', `/v1/users/${user}/sessions`, { confirmed: true });
  if (status !== 201) return status;
  await app.call('POST', `/v1/sessions/${body.session.id}/usage`, {
    id: `${user}-${body.session.id}`,
    cost_usd: 0.01,
  });
  await app.call('POST', `/v1/sessions/${body.session.id}/end`);
  return status;
}

/** As the documentation has it. */
const effectOfTheLadder = /```sql\n(?<sql>[^`]*)```/.exec(
  readFileSync(new URL('../../docs/holdout.md', import.meta.url), 'utf8'),
)?.groups?.['sql'] as string;

const advance = (app: TestApp, by: string, wait = true) =>
  app.call('POST', '/v1/test-clock/advance', { by, wait });
const notices = async (app: TestApp, user: string): Promise<{ id: string; text: string }[]> =>
  (await app.call('GET', `/v1/users/${user}/inbox`)).body.notices.toReversed();
const stateOf = (app: TestApp, user: string) =>
  product.client.workflow.getHandle(`free-tier/${app.id}/${user}`).query<FreeTierState>('account');

const unaccounted = async (app: TestApp): Promise<number[]> => {
  const { rows } = await product.database.ledger.pool.query<{ number: number }>(
    `select p.number from periods p join accounts a using (app_id, user_id)
     where p.app_id = $1 and p.number < a.current_period and p.accounted_at is null`,
    [app.id],
  );
  return rows.map(({ number }) => number);
};

describe('the day before the reset', () => {
  test.each([
    ['en', 'Your free allowance resets tomorrow, and you can start new AI sessions then.'],
    ['de', 'Ihr kostenloses Kontingent beginnt morgen neu; dann geht es weiter.'],
    ['es', 'Tu cuota gratuita se renueva mañana; entonces podrás iniciar nuevas sesiones de IA.'],
  ])('who used everything up is told so in %s, and a day later that it is back', async (locale, text) => {
    const app = await product.app(twoAMonth);
    await app.call('PUT', '/v1/users/ada', { locale });
    await app.call('PUT', '/v1/users/bob', { locale });
    await session(app, 'ada');
    await session(app, 'ada');
    await session(app, 'bob');
    await advance(app, 'P31D');
    // Of the nudges before, one or two were sent: as the workflow came to look.
    const told = (await notices(app, 'ada')).filter(({ id }) => id.startsWith('reset'));
    expect(told.map(({ id }) => id)).toEqual(['reset_soon-1', 'reset-2']);
    expect(told[0]?.text).toBe(text);
    expect((await notices(app, 'bob')).map(({ id }) => id)).toEqual(['reset-2']);
  });
});

test('three months without a worker: every session is decided at once, and one notice and the right streak follow', async () => {
  const app = await product.app(twoAMonth);
  await session(app, 'ada');
  await advance(app, 'PT1H');
  await product.stopWorker();
  for (let month = 0; month < 3; month += 1) {
    await advance(app, 'P31D', false);
    expect([await session(app, 'ada'), await session(app, 'ada'), await session(app, 'ada')]).toEqual([
      201, 201, 429,
    ]);
  }
  await advance(app, 'P31D', false);
  await product.startWorker();
  const state = await eventually(
    () => stateOf(app, 'ada'),
    ({ announced, acknowledged, seq }) => announced === 5 && acknowledged?.seq === seq,
  );
  expect((await notices(app, 'ada')).map(({ id }) => id)).toEqual(['reset-5']);
  expect(state.limitStreak).toBe(3);
  expect(state.limitHits.map(({ period }) => period)).toEqual([2, 3, 4]);
  await eventually(
    () => unaccounted(app),
    (numbers) => numbers.length === 0,
  );
});

test('who is held out of the ladder is recorded with its time, is nudged at no step, and their way to the paid plan is kept', async () => {
  const app = await product.app({ ...twoAMonth, growth: { holdout: 100 } });
  await session(app, 'ada');
  await session(app, 'ada');
  await app.call('POST', '/v1/users/ada/events', { event: 'upgrade_page_viewed' });
  await app.call('POST', '/v1/users/ada/events', { event: 'upgraded' });
  const effect = async () => {
    const { rows } = await product.database.ledger.pool.query<Record<string, unknown>>(
      effectOfTheLadder.replaceAll('$app', `'${app.id}'`),
    );
    return rows;
  };
  expect(await eventually(effect, (rows) => rows.length > 0)).toEqual([
    { arm: 'holdout', users: 1, nudged: 0, saw_page: 1, upgraded: 1 },
  ]);
  expect(await notices(app, 'ada')).toEqual([]);
});

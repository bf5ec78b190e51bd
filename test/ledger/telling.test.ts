import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** What the relay would do: everything that is due is told and answered. */
const tellAll = (of: TestApp) =>
  api.database.ledger.pool.query(
    `update outbox o set send_at = null, sent_at = now(), acked_seq = a.version
     from accounts a where a.app_id = o.app_id and a.user_id = o.user_id and o.app_id = $1 and o.send_at <= now()`,
    [of.id],
  );

/** In how many seconds the user's account is told of, null where nothing is to be told. */
async function toldIn(of: TestApp): Promise<number | null> {
  const { rows } = await api.database.ledger.pool.query(
    'select extract(epoch from send_at - now())::float8 as seconds from outbox where app_id = $1',
    [of.id],
  );
  return rows[0]?.seconds ?? null;
}

async function ask(of: TestApp): Promise<string> {
  const { body } = await of.call('POST', '/v1/users/ada/sessions', { confirmed: true });
  return body.session.id;
}
let calls = 0;
const use = (of: TestApp, session: string, dollars: number) => {
  calls += 1;
  return of.call('POST', `/v1/sessions/${session}/usage`, { id: `call-${calls}`, cost_usd: dollars });
};
const end = (of: TestApp, session: string) => of.call('POST', `/v1/sessions/${session}/end`);
const nextDay = (of: TestApp) => of.call('POST', '/v1/test-clock/advance', { by: 'P1D', wait: false });

/** Whole sessions, each told. */
async function sessions(of: TestApp, many: number): Promise<void> {
  for (let number = 0; number < many; number += 1) {
    const session = await ask(of);
    await use(of, session, 0.01);
    await end(of, session);
    await nextDay(of);
    await tellAll(of);
  }
}

test('a first session is told once, within the pace, whether it has ended by then or not', async () => {
  const of = await api.app();
  const session = await ask(of);
  const seconds = await toldIn(of);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(1);
  await use(of, session, 0.01);
  await end(of, session);
  expect(await toldIn(of)).toBeLessThanOrEqual(1);
  await nextDay(of);
  await tellAll(of);
  expect(await toldIn(of)).toBeNull();
});

test('what is to be told soon is told at once where the test clock is advanced', async () => {
  const of = await api.app();
  await ask(of);
  await nextDay(of);
  expect(await toldIn(of)).toBeLessThanOrEqual(0);
});

test('the end of a session is told, and a usage event is not', async () => {
  const of = await api.app();
  await sessions(of, 1);
  const session = await ask(of);
  await use(of, session, 0.01);
  expect(await toldIn(of)).toBeNull();
  await end(of, session);
  expect(await toldIn(of)).not.toBeNull();
});

test('a step of the ladder is told at once, and the end that only repeats it is not told', async () => {
  const of = await api.app();
  await sessions(of, 6);
  const seventh = await ask(of);
  expect(await toldIn(of)).toBeLessThanOrEqual(0);
  await tellAll(of);
  await use(of, seventh, 0.01);
  await end(of, seventh);
  expect(await toldIn(of)).toBeNull();
});

test('the end of a session whose dollars move the bar is told, whatever was told since it began', async () => {
  const of = await api.app();
  await sessions(of, 6);
  const seventh = await ask(of);
  await tellAll(of);
  for (let call = 0; call < 3; call += 1) await use(of, seventh, 0.4);
  await tellAll(of);
  await end(of, seventh);
  expect(await toldIn(of)).not.toBeNull();
});

test('the end of a session that is given back unused is told', async () => {
  const of = await api.app();
  await sessions(of, 6);
  const seventh = await ask(of);
  await tellAll(of);
  await end(of, seventh);
  expect(await toldIn(of)).not.toBeNull();
});

test('the end of another session than the one that was told is told', async () => {
  const of = await api.app();
  await sessions(of, 6);
  const seventh = await ask(of);
  await tellAll(of);
  const eighth = await ask(of);
  await use(of, seventh, 0.01);
  await end(of, seventh);
  expect(await toldIn(of)).toBeNull();
  await use(of, eighth, 0.01);
  await end(of, eighth);
  expect(await toldIn(of)).not.toBeNull();
});

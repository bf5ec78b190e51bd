import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';
import { runStipend } from './run-stipend.ts';

let api: TestApi;
let app: TestApp;
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
  await app.call('POST', '/v1/users/ada/sessions');
  await app.call('POST', '/v1/users/bob/sessions');
});
afterAll(() => api.stop());

const stipend = (...args: string[]) => runStipend([...args, '--database-url', api.database.url]);
const epochs = async (): Promise<number[]> => {
  const { rows } = await api.database.ledger.pool.query<{ epoch: number }>(
    'select epoch from outbox order by user_id',
  );
  return rows.map(({ epoch }) => epoch);
};

test('a dry run says how many and marks none', async () => {
  expect(await stipend('rebuild', '--dry-run')).toMatchObject({
    code: 0,
    output: '2 accounts would be rebuilt; those that sleep have no workflow to rebuild.\n',
  });
  expect(await epochs()).toEqual([0, 0]);
});

test('one user is rebuilt without the others', async () => {
  const ran = await stipend('rebuild', '--app', app.id, '--user', 'bob', '--wait', '0');
  expect(ran).toMatchObject({ code: 0, output: expect.stringContaining('Marked 1 account;') });
  expect(await epochs()).toEqual([0, expect.any(Number)]);
  expect((await epochs())[1]).toBeGreaterThan(Date.now() - 60_000);
});

test('where no worker answers, it says who is waited for and how it goes on', async () => {
  const ran = await stipend('rebuild', '--wait', '1');
  expect(ran.code).toBe(1);
  expect(ran.errors).toContain(`2 of 2 workflows have not answered yet, the first is ${app.id}/ada.`);
  expect(ran.errors).toContain('Is the worker running?');
});

test('a restore raises the epoch of the ledger above every word from before', async () => {
  const ran = await stipend('restored', '--wait', '0');
  expect(ran).toMatchObject({ code: 0, output: expect.stringContaining('as it was restored') });
  const { rows } = await api.database.ledger.pool.query<{ epoch: number }>('select epoch from ledger_epoch');
  expect(await epochs()).toEqual([rows[0]?.epoch, rows[0]?.epoch]);
});

test.each([
  [['rebuild', '--user', 'ada'], '--user needs --app'],
  [['rebuild', '--app', 'nowhere'], 'There is no app "nowhere".'],
  [['rebuild', '--wait', 'long'], 'write one such as 600'],
])('%j is refused with the fix', async (args, words) => {
  const ran = await stipend(...args);
  expect(ran.code).toBe(1);
  expect(ran.errors).toContain(words);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import { eraseAccount } from '../../ledger/erase-account.ts';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';
import { runStipend } from './run-stipend.ts';

let api: TestApi;
let app: TestApp;
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
  await app.call('POST', '/v1/users/ada/sessions');
});
afterAll(() => api.stop());

const erase = (...args: string[]) =>
  runStipend(['erase', ...args, '--app', app.id, '--database-url', api.database.url]);

test('an erasure is begun, and a repeat says when the worker has finished it', async () => {
  expect((await erase('ada', '--wait', '0')).output).toContain('has begun, and the worker finishes it');
  await eraseAccount(api.database.ledger, { appId: appId(app.id), userId: userId('ada') });
  expect(await erase('ada')).toMatchObject({ code: 0, output: expect.stringContaining('ada is erased') });
});

test('a user that the app does not have is told in a sentence, and nothing is begun', async () => {
  const ran = await erase('nobody');
  expect(ran).toMatchObject({ code: 1, output: '' });
  expect(ran.errors).toBe(`The app ${app.id} has no user "nobody"; ids are case-sensitive.\n`);
});

test('a wait that is no number is refused with an example', async () => {
  expect((await erase('ada', '--wait', 'long')).errors).toContain('write one such as 60');
});

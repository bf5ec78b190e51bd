import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import { readTotals } from '../../ledger/totals.ts';
import { sendTotals } from '../../worker/send-totals.ts';
import { eventually } from '../setup/eventually.ts';
import { type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

test('a server that lacks the search attributes is told later: no account is set aside for it', async () => {
  const app = await product.app();
  await app.call('PUT', '/v1/users/ada', {});
  await app.call('POST', '/v1/users/ada/sessions');
  const [totals] = await readTotals(product.database.ledger, [
    { appId: appId(app.id), userId: userId('ada') },
  ]);
  if (totals === undefined) throw new Error('the account was not read');
  const { connection, workflowService } = product.client;
  const namespace = `bare-${app.id}`;
  await workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as any },
  });
  const bare = new Client({ connection, namespace });
  // The server's cache of namespaces is some seconds behind.
  const sent = await eventually(
    () => sendTotals(bare, totals, product.taskQueue),
    (answer) => answer.kind !== 'later' || /search attribute/i.test(answer.error),
  );
  expect(sent).toMatchObject({ kind: 'later', error: expect.stringMatching(/search attribute/i) });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../setup/eventually.ts';
import { type TestApp, type TestProduct, startProduct } from '../setup/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

/** The next acknowledgement of the app's accounts does not reach the ledger. */
function loseNextWord(app: TestApp): () => boolean {
  const { pool } = product.database.ledger;
  const original = pool.query.bind(pool) as (...args: any[]) => Promise<unknown>;
  let isLost = false;
  pool.query = (async (...args: any[]) => {
    const [{ name, values } = { name: '', values: [] }] = args;
    if (isLost || name !== 'acknowledge-mark' || values[0] !== app.id) return original(...args);
    isLost = true;
    pool.query = original as typeof pool.query;
    throw new Error('the word is lost');
  }) as typeof pool.query;
  return () => isLost;
}

test('a word to the ledger that is lost is said again when the account is told again, and neither is in the history', async () => {
  const app = await product.app();
  const isLost = loseNextWord(app);
  await app.call('POST', '/v1/users/ada/sessions');
  await eventually(async () => isLost(), Boolean);
  const mark = () => product.markOf(app, 'ada');
  expect((await mark()).acked_seq).toBe(0);
  expect((await mark()).send_at).not.toBeNull();
  // The relay sends again after a minute; the test does not wait for it.
  await product.database.ledger.pool.query('update outbox set send_at = now() where app_id = $1', [app.id]);
  await eventually(mark, ({ acked_seq: acked, seq, send_at: sendAt }) => acked >= seq && sendAt === null);
  const { events } = await product.workflowOf(app, 'ada').fetchHistory();
  expect(events?.filter((event) => event.markerRecordedEventAttributes).length).toBe(0);
  expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes).length).toBe(2);
});

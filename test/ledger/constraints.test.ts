import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApi, startApi } from '../setup/product.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  const app = await api.app();
  const { body } = await app.call('POST', '/v1/users/ada/sessions');
  await app.call('POST', `/v1/sessions/${body.session.id}/usage`, { id: 'e1', cost_usd: 0.01 });
});
afterAll(() => api.stop());

test.each([
  ['spending below zero', 'update periods set spent_micro_usd = -1'],
  ['a hold below zero', 'update sessions set held_micro_usd = -1'],
  ['a hold above its cap', 'update sessions set held_micro_usd = cap_micro_usd + 1'],
  ['spending that is neither held nor overshoot', 'update sessions set spent_micro_usd = cap_micro_usd + 1'],
  ['an ended session that holds', "update sessions set ended_at = now(), end_reason = 'ended'"],
  ['a period that ends before it starts', 'update periods set ends_at = starts_at'],
  ['the same usage event twice', 'insert into usage_events select * from usage_events'],
  ['a test clock on a live app', "update apps set mode = 'live', clock_offset_ms = 1"],
  [
    'an app key of no app',
    "insert into api_keys (key_id, secret_sha256, scopes) values ('k', sha256('s'), '{app}')",
  ],
])('the ledger itself refuses %s', async (_name, statement) => {
  await expect(api.database.ledger.pool.query(statement)).rejects.toThrow(/constraint/);
});

test('secrets of keys are stored as hashes alone', async () => {
  const app = await api.app();
  const { rows } = await api.database.ledger.pool.query<{ row: string }>(
    'select to_jsonb(k)::text as row from api_keys k',
  );
  for (const { row } of rows) expect(row).not.toContain(app.key.split('_').at(-1));
});

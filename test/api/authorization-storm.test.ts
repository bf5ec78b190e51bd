import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Random, randomFrom } from '../../examples/demo/random.ts';
import { sweep } from '../../worker/sweeper.ts';
import { chosenSeed, report } from '../properties/seed.ts';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** Calls that are authorized, made, and reported; some never, some after their session was ended by somebody else. */
async function callOnce(app: TestApp, session: string, id: string, random: Random): Promise<void> {
  const asked = await app.call('POST', `/v1/sessions/${session}/authorizations`, {
    id,
    model: 'claude-sonnet-4-5',
    input_tokens: random.below(3_000),
    max_output_tokens: 1 + random.below(4_000),
  });
  if (asked.status !== 201 || random.below(5) === 0) return;
  const { authorization } = asked.body;
  const reported = await app.call('POST', `/v1/sessions/${session}/usage`, {
    id,
    model: authorization.model,
    input_tokens: authorization.input_tokens,
    output_tokens: random.below(authorization.output_tokens + 1),
    authorization: authorization.id,
  });
  expect(reported.body.authorization).toBe('settled');
  if (random.below(12) === 0) await app.call('POST', `/v1/sessions/${session}/end`);
}

test('a storm of parallel calls, ends and crashes keeps exact books and overshoots nothing', async () => {
  const seed = chosenSeed();
  const random = randomFrom(seed);
  report(`storm of authorizations: STIPEND_SEED=${seed}`);
  const app = await api.app();
  await app.call('PUT', '/v1/users/ada', {});
  const limits = { concurrent: 6, per_day: null };
  await app.growth('POST', '/v1/users/ada/overrides', { limits, reason: 'a storm' });
  const sessions = await Promise.all(
    Array.from({ length: 6 }, async () => (await app.call('POST', '/v1/users/ada/sessions')).body.session.id),
  );
  const calls = Array.from({ length: 240 }, (_, index) => ({
    id: `call-${index}`,
    session: sessions[random.below(sessions.length)],
  }));
  const workers = Array.from({ length: 24 }, async () => {
    for (let next = calls.pop(); next !== undefined; next = calls.pop()) {
      await callOnce(app, next.session, next.id, random);
    }
  });
  await Promise.all(workers);
  const { rows: books } = await api.database.ledger.pool.query(
    `select s.session_id, s.ended_at is null as running, s.held_micro_usd as held, s.spent_micro_usd as spent,
       s.cap_micro_usd as cap, s.overshoot_micro_usd as overshoot,
       coalesce((select sum(reserved_micro_usd) from authorizations z
         where z.session_id = s.session_id and z.closed_at is null), 0)::bigint as reserved,
       coalesce((select sum(cost_micro_usd) from usage_events e where e.session_id = s.session_id), 0)::bigint as used
     from sessions s where s.app_id = $1`,
    [app.id],
  );
  expect(books).toHaveLength(6);
  expect(books.reduce((sum, { used }) => sum + used, 0)).toBeGreaterThan(100_000);
  for (const book of books) {
    expect(book.overshoot).toBe(0);
    expect(book.spent).toBe(book.used);
    if (book.running) {
      expect(book.spent + book.held).toBe(book.cap);
      expect(book.held).toBeGreaterThanOrEqual(book.reserved);
    } else expect(book.held).toBe(book.reserved);
  }
  await app.call('POST', '/v1/test-clock/advance', { by: 'PT2H', wait: false });
  await sweep(api.database.ledger);
  const { rows: after } = await api.database.ledger.pool.query(
    'select held_micro_usd as held, spent_micro_usd as spent, overshoot_micro_usd as overshoot from periods where app_id = $1',
    [app.id],
  );
  expect(after).toEqual([{ held: 0, spent: books.reduce((sum, { spent }) => sum + spent, 0), overshoot: 0 }]);
});

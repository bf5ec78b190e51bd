import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideAdmission } from '../../domain/allowance/admission.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import { type AppId, userId } from '../../domain/ids.ts';
import { transact } from '../../ledger/transact.ts';
import { waitUntil } from '../../local/wait-until.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';

let database: TestDatabase;
let app: AppId;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await database.createApp('writers');
});
afterAll(() => database.drop());

async function isSomeoneWaiting(): Promise<boolean> {
  const { rows } = await database.ledger.pool.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

test.each([
  [
    'the sweeper moves the check of its session',
    'update sessions set check_at = expires_at where user_id = $1',
  ],
  ['its period is marked as accounted for', 'update periods set accounted_at = now() where user_id = $1'],
])('a commit that finds its row under way waits, and holds, where %s', async (_name, statement) => {
  const { ledger } = database;
  const user = userId(`user-${statement.split(' ')[1]}`);
  const address = { appId: app, userId: user };
  const started = await transact(ledger, address, ({ state }, context) =>
    decideAdmission(state, { confirmed: true, client: null, metadata: null }, context),
  );
  if (started?.answer.outcome !== 'admitted') throw new Error('not admitted');
  const { id } = started.answer.session;
  const sweeper = await ledger.pool.connect();
  try {
    await sweeper.query('begin');
    await sweeper.query(statement, [user]);
    const { commits } = ledger.queue.counts;
    const ending = transact(ledger, { appId: app, sessionId: id }, ({ state }, context) =>
      decideEnd(state, id, context),
    );
    expect(await waitUntil(isSomeoneWaiting, { timeoutMs: 5_000 })).toBe(true);
    await sweeper.query('commit');
    expect((await ending)?.answer.end).toBe('ended');
    // At the first try.
    expect(ledger.queue.counts).toMatchObject({ commits: commits + 1, misses: 0 });
  } finally {
    sweeper.release();
  }
  const { rows } = await ledger.pool.query(
    `select s.end_reason, s.held_micro_usd as held, p.held_micro_usd as held_in_period, p.sessions_used
     from sessions s join periods p using (app_id, user_id) where session_id = $1`,
    [id],
  );
  expect(rows).toEqual([{ end_reason: 'ended', held: 0, held_in_period: 0, sessions_used: 0 }]);
});

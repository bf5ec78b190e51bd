import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppId, sessionId, userId } from '../../domain/ids.ts';
import { type Address, lookupOf } from '../../ledger/account-snapshot.ts';
import { loadAccounts } from '../../ledger/load-accounts.ts';
import { loadStatement } from '../../ledger/load-statement.ts';
import { decideAdmission } from '../../domain/allowance/admission.ts';
import { transact } from '../../ledger/transact.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';

let database: TestDatabase;
let app: AppId;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await database.createApp('load');
});
afterAll(() => database.drop());

const lookup = (address: Omit<Address, 'appId'>) =>
  lookupOf(app, address.userId, [{ appId: app, ...address }]);

test('a read has just the parts that its lookups ask for, each combination under a name of its own', () => {
  const ada = lookup({ userId: userId('ada') });
  const keyed = lookup({ userId: userId('ada'), idempotencyKey: 'k' });
  const counting = lookup({ sessionId: sessionId('ses_1'), usageEventIds: ['e1'] });
  expect(loadStatement([ada]).name).toBe('load');
  expect(loadStatement([ada, keyed]).name).toBe('load+answers');
  expect(loadStatement([counting, keyed]).name).toBe('load+owners+sessions+usage+answers');
  expect(loadStatement([ada]).text).not.toMatch(/from (answers|usage_events)/);
  expect(loadStatement([ada, keyed])).toBe(loadStatement([keyed]));
});

test('accounts that are asked for in different ways are read in one statement, strangers and unknown sessions too', async () => {
  const [ada, bob, quotes] = [userId('ada'), userId('bob'), userId('"quo\\ted", {ünï}')];
  const admit = async (user: typeof ada) => {
    const done = await transact(database.ledger, { appId: app, userId: user }, ({ state }, context) =>
      decideAdmission(state, { confirmed: true, client: null, metadata: null }, context),
    );
    expect(done).not.toBeNull();
  };
  for (const user of [ada, bob, quotes]) await admit(user);
  const { rows } = await database.ledger.pool.query<{ id: string }>(
    `select session_id as id from sessions where app_id = $1 and user_id = 'bob'`,
    [app],
  );
  const ofBob = sessionId(rows[0]?.id ?? '');
  const { accounts, databaseNow } = await loadAccounts(database.ledger.pool, [
    lookup({ userId: ada }),
    lookup({ sessionId: ofBob, usageEventIds: ['e1'] }),
    lookup({ sessionId: sessionId('ses_nobody') }),
    lookup({ userId: userId('stranger'), idempotencyKey: 'k' }),
    lookup({ userId: quotes }),
  ]);
  expect(accounts.map((loaded) => loaded?.state.account.userId ?? null)).toEqual([
    ada,
    bob,
    null,
    'stranger',
    quotes,
  ]);
  expect(accounts.map((loaded) => loaded?.state.account.version ?? null)).toEqual([1, 1, null, 0, 1]);
  expect(accounts[0]?.state.sessions).toHaveLength(1);
  expect(accounts[0]?.state.periods).toHaveLength(1);
  expect(accounts[1]?.state.sessions.map(({ id }) => id)).toEqual([ofBob]);
  expect(Math.abs((databaseNow ?? 0) - Date.now())).toBeLessThan(60_000);
});

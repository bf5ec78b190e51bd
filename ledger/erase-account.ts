import { tombstoneOf } from '../domain/account/tombstone.ts';
import { lookupOf } from './account-snapshot.ts';
import { finishErasure } from './erasures.ts';
import type { Ledger } from './ledger.ts';
import { inTransaction } from './in-transaction.ts';
import { loadAccounts } from './load-accounts.ts';
import { lockAccount } from './lock-account.ts';
import { noticeChannel } from './notice-signals.ts';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

/** The erasure first, so that two workers never do it at once; then the account, so that no commit comes between. */
async function lock(db: Queryable, account: AccountKey): Promise<boolean> {
  const { rows } = await db.query({
    name: 'lock-erasure',
    text: 'select from erasures where app_id = $1 and user_id = $2 for update',
    values: [account.appId, account.userId],
  });
  if (rows.length === 0) return false;
  await lockAccount(db, account);
  return true;
}

/** Answers that repeats would be given hold the user's view or name a session of theirs. */
async function eraseAnswers(db: Queryable, { appId, userId }: AccountKey): Promise<void> {
  await db.query({
    name: 'erase-answers',
    text: `
delete from answers where app_id = $1 and (
  body ->> 'user' = $2 or body #>> '{usage,user}' = $2
  or body #>> '{session,id}' = any(array(select session_id from sessions where app_id = $1 and user_id = $2)))`,
    values: [appId, userId],
  });
}

/** The large tables, whose rows are found by their sessions. */
async function eraseCalls(db: Queryable, { appId, userId }: AccountKey): Promise<void> {
  for (const table of ['usage_events', 'authorizations']) {
    await db.query({
      name: `erase-${table}`,
      text: `
delete from ${table} x using sessions s
where s.app_id = $1 and s.user_id = $2 and x.app_id = s.app_id and x.session_id = s.session_id`,
      values: [appId, userId],
    });
  }
}

/** Asked of the catalogue, so that no table that is added later is forgotten. */
async function tablesOfUsers(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>({
    name: 'tables-of-users',
    text: `
select quote_ident(c.relname) as name from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and c.relname not in ('erasures', 'usage_events', 'authorizations')
  and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'app_id' and not a.attisdropped)
  and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped)
order by c.relname`,
  });
  return rows.map(({ name }) => name);
}

/** What was done to the account stays in the audit, without whom and what it was about. */
async function eraseFromAudit(db: Queryable, { appId, userId }: AccountKey): Promise<void> {
  await db.query({
    name: 'erase-from-audit',
    text: `
update audit set subject = 'erased', details = '{}'
where app_id = $1 and subject = $2 and act like 'account.%'`,
    values: [appId, userId],
  });
}

/** Whoever listens for the user's notices looks, and finds that there is no such user. */
async function endStreams(db: Queryable, { appId, userId }: AccountKey): Promise<void> {
  await db.query({
    name: 'end-streams',
    text: `select pg_notify('${noticeChannel}', $1 || '/' || $2)`,
    values: [appId, userId],
  });
}

async function eraseRows(db: Queryable, account: AccountKey): Promise<boolean> {
  if (!(await lock(db, account))) return false;
  const { accounts } = await loadAccounts(db, [lookupOf(account.appId, account.userId, [])]);
  const [loaded] = accounts;
  await eraseAnswers(db, account);
  await eraseCalls(db, account);
  for (const table of await tablesOfUsers(db)) {
    await db.query(`delete from ${table} where app_id = $1 and user_id = $2`, [
      account.appId,
      account.userId,
    ]);
  }
  await eraseFromAudit(db, account);
  await endStreams(db, account);
  const tombstone = loaded === null || loaded === undefined ? null : tombstoneOf(loaded.state, loaded.now);
  await finishErasure(db, account, tombstone);
  return true;
}

/**
 * Takes every row of an account out of the ledger, and leaves a tombstone: all of it or, where it fails, nothing. False: no
 * erasure of it is under way.
 */
export const eraseAccount = (ledger: Ledger, account: AccountKey): Promise<boolean> =>
  inTransaction(ledger.pool, async (db) => {
    // A day's answers are looked through whole; nobody but this account waits for it.
    await db.query("set local statement_timeout = '60s'");
    return eraseRows(db, account);
  });

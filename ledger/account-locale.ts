import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

/** The language tag of an account, read when something is told to its user. Null: the account is gone. */
export async function findLocale(db: Queryable, account: AccountKey): Promise<string | null> {
  const { rows } = await db.query<{ locale: string }>({
    name: 'find-locale',
    text: 'select locale from accounts where app_id = $1 and user_id = $2',
    values: [account.appId, account.userId],
  });
  return rows[0]?.locale ?? null;
}

import type { Command } from '../domain/account/command.ts';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

/** The number under which an act stands in the ledger already, null if it does not: a repeated act is the same act. */
export async function findCommand(
  db: Queryable,
  account: AccountKey,
  key: Command['key'],
): Promise<number | null> {
  const { rows } = await db.query<{ number: number }>({
    name: 'find-command',
    text: 'select number from commands where app_id = $1 and user_id = $2 and key = $3',
    values: [account.appId, account.userId, key],
  });
  return rows[0]?.number ?? null;
}

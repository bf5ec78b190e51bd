import type { AppId, UserId } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';

/** No commit on the account comes between, until the transaction ends. */
export async function lockAccount(
  db: Queryable,
  { appId, userId }: { readonly appId: AppId; readonly userId: UserId },
): Promise<void> {
  await db.query({
    name: 'lock-account',
    text: 'select from accounts where app_id = $1 and user_id = $2 for update',
    values: [appId, userId],
  });
}

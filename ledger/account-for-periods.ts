import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

/** Notes that all that followed from the end of these periods was decided; the first word stays. */
export async function accountForPeriods(
  db: Queryable,
  account: AccountKey,
  numbers: readonly number[],
): Promise<void> {
  await db.query({
    name: 'account-for-periods',
    text: `
update periods p set accounted_at = clock_timestamp() + app.clock_offset_ms * interval '1 millisecond'
from apps app
where app.app_id = $1 and p.app_id = $1 and p.user_id = $2 and p.number = any($3) and p.accounted_at is null`,
    values: [account.appId, account.userId, numbers],
  });
}

import { appId, userId } from '../domain/ids.ts';
import type { Tombstone } from '../domain/account/state.ts';
import { instantToRow } from './rows/instant.ts';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';
import { hmacOfUser } from './user-hmac.ts';

/** An erasure as whoever asked for it may see it. */
export type Erasure = { readonly requestedAt: number; readonly erasedAt: number | null };

/** Asks for an account to be erased, and takes what it has to tell out of the outbox. A repeat changes nothing. */
export async function requestErasure(db: Queryable, account: AccountKey, by: string): Promise<void> {
  await db.query({
    name: 'request-erasure',
    text: `
with asked as (
  insert into erasures as e (app_id, user_hmac, user_id, requested_by)
  select a.app_id, ${hmacOfUser('a.app_id', 'a.user_id')}, a.user_id, $3
  from accounts a where a.app_id = $1 and a.user_id = $2
  on conflict (app_id, user_hmac) do update set
    user_id = excluded.user_id, requested_by = excluded.requested_by, requested_at = now(),
    quiet_since = null, last_error = null, erased_at = null
    where e.erased_at is not null
  returning e.app_id, e.user_id
), noted as (
  insert into audit (app_id, actor, act, subject) select app_id, $3, 'user.erase', 'erased' from asked
)
delete from outbox o using asked where o.app_id = asked.app_id and o.user_id = asked.user_id`,
    values: [account.appId, account.userId, by],
  });
}

/** Null: no erasure of this user was asked for, or so long ago that nothing is known of it any more. */
export async function findErasure(db: Queryable, account: AccountKey): Promise<Erasure | null> {
  const { rows } = await db.query<{ requested_at: Date; erased_at: Date | null }>({
    name: 'find-erasure',
    text: `
select requested_at, erased_at from erasures
where app_id = $1 and user_hmac = ${hmacOfUser('$1::text', '$2::text')}`,
    values: [account.appId, account.userId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return { requestedAt: row.requested_at.getTime(), erasedAt: row.erased_at?.getTime() ?? null };
}

export type ErasureUnderWay = AccountKey & {
  /** How long Temporal has listed no run of the account; null where it did when last asked. */
  readonly quietMs: number | null;
};

/** Erasures that are not finished, the oldest first. */
export async function erasuresUnderWay(db: Queryable, limit: number): Promise<readonly ErasureUnderWay[]> {
  const { rows } = await db.query<{ app_id: string; user_id: string; quiet_ms: number | null }>({
    name: 'erasures-under-way',
    text: `
select app_id, user_id, floor(extract(epoch from clock_timestamp() - quiet_since) * 1000)::bigint as quiet_ms
from erasures where user_id is not null order by requested_at limit $1`,
    values: [limit],
  });
  return rows.map((row) => ({
    appId: appId(row.app_id),
    userId: userId(row.user_id),
    quietMs: row.quiet_ms,
  }));
}

/** What was found on the way: whether Temporal still lists runs of the account, or why it could not be asked. */
export async function noteErasure(
  db: Queryable,
  account: AccountKey,
  found: { readonly runs: number } | { readonly error: string },
): Promise<void> {
  const isQuiet = 'runs' in found && found.runs === 0;
  await db.query({
    name: 'note-erasure',
    text: `
update erasures set quiet_since = case when $3 then coalesce(quiet_since, clock_timestamp()) end, last_error = $4
where app_id = $1 and user_id = $2`,
    values: [account.appId, account.userId, isQuiet, 'error' in found ? found.error.slice(0, 500) : null],
  });
}

/** Keeps of the account what its tombstone holds, and forgets its id. */
export async function finishErasure(
  db: Queryable,
  account: AccountKey,
  tombstone: Tombstone | null,
): Promise<void> {
  await db.query({
    name: 'finish-erasure',
    text: `
update erasures set user_id = null, last_error = null, erased_at = clock_timestamp(), allowance = $3, allowance_until = $4
where app_id = $1 and user_id = $2`,
    values: [
      account.appId,
      account.userId,
      tombstone === null ? null : JSON.stringify(tombstone),
      tombstone === null ? null : instantToRow(tombstone.period.endsAt),
    ],
  });
}

/** Forgets erasures whose period has ended, a day after they were done at the soonest, so that a repeat is answered. */
export async function forgetErasures(db: Queryable): Promise<number> {
  const { rowCount } = await db.query({
    name: 'forget-erasures',
    text: `
delete from erasures e using apps app
where app.app_id = e.app_id and e.erased_at < now() - interval '24 hours'
  and (e.allowance_until is null
    or e.allowance_until <= clock_timestamp() + app.clock_offset_ms * interval '1 millisecond')`,
  });
  return rowCount ?? 0;
}

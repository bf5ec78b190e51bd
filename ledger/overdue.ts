import { type AppId, type SessionId, appId, sessionId, userId } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

export type WokenAccount = AccountKey & { readonly seq: number };

/**
 * Marks accounts whose timer is due on their app's clock, in one statement with the version that the mark reports.
 * `graceMs` leaves the workflow's own timer the first word; those with something outstanding are on their way already.
 * Rows are locked in the order of a commit, account first, so that the two never wait for each other.
 */
export async function wakeDueAccounts(
  db: Queryable,
  { app, graceMs, limit }: { readonly app: AppId | null; readonly graceMs: number; readonly limit: number },
): Promise<WokenAccount[]> {
  const { rows } = await db.query<{ app_id: string; user_id: string; seq: number }>({
    name: 'wake-due-accounts',
    text: `
with due as (
  select a.app_id, a.user_id
  from apps app join outbox o on o.app_id = app.app_id
  join accounts a on a.app_id = o.app_id and a.user_id = o.user_id
  where ($1::text is null or app.app_id = $1)
    and o.wake_at <= clock_timestamp() + (app.clock_offset_ms - $2) * interval '1 millisecond'
    and o.send_at is null
  order by o.wake_at limit $3
  for update of a skip locked
), raised as (
  update accounts a set version = a.version + 1 from due where a.app_id = due.app_id and a.user_id = due.user_id
  returning a.app_id, a.user_id, a.version
)
update outbox o set seq = raised.version, send_at = now()
from raised where o.app_id = raised.app_id and o.user_id = raised.user_id
returning o.app_id, o.user_id, o.seq`,
    values: [app, graceMs, limit],
  });
  return rows.map((row) => ({ appId: appId(row.app_id), userId: userId(row.user_id), seq: row.seq }));
}

export type SessionToCheck = { readonly appId: AppId; readonly id: SessionId; readonly hasExpired: boolean };

/** Open sessions whose time to be looked at has come, and those whose authorizations have expired, a few of each app. */
export async function sessionsToCheck(db: Queryable, limit: number): Promise<SessionToCheck[]> {
  const { rows } = await db.query<{ app_id: string; session_id: string; has_expired: boolean }>({
    name: 'sessions-to-check',
    text: `
select app.app_id, s.session_id, s.has_expired
from (select app_id, clock_timestamp() + clock_offset_ms * interval '1 millisecond' as app_now from apps) app
cross join lateral (
  (select session_id, expires_at <= app.app_now as has_expired from sessions
    where app_id = app.app_id and ended_at is null and check_at <= app.app_now
    order by check_at limit $1)
  union all
  (select session_id, true from authorizations
    where app_id = app.app_id and closed_at is null and expires_at <= app.app_now
    order by expires_at limit $1)
) s
limit $1`,
    values: [limit],
  });
  return rows.map((row) => ({
    appId: appId(row.app_id),
    id: sessionId(row.session_id),
    hasExpired: row.has_expired,
  }));
}

/** Looks again at sessions that usage has kept alive when they would next expire. */
export async function postponeChecks(db: Queryable, ids: readonly SessionId[]): Promise<void> {
  await db.query({
    name: 'postpone-checks',
    text: 'update sessions set check_at = expires_at where session_id = any($1) and ended_at is null',
    values: [ids],
  });
}

/** Answers under an Idempotency-Key are kept for 24 hours of the real clock. */
export async function forgetOldAnswers(db: Queryable): Promise<number> {
  const { rowCount } = await db.query({
    name: 'forget-old-answers',
    text: `delete from answers where (app_id, key) in (
  select app_id, key from answers where created_at < now() - interval '24 hours' limit 1000)`,
  });
  return rowCount ?? 0;
}

import type { Arm } from '../domain/growth/arm.ts';
import type { DecidedNudge } from '../domain/notice/nudge.ts';
import type { StoredNotice } from '../domain/notice/notice.ts';
import { noticeChannel } from './notice-signals.ts';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

type NoticeToStore = Pick<StoredNotice, 'id' | 'kind' | 'threshold' | 'period' | 'text'>;

export type Decided = {
  readonly nudges: readonly DecidedNudge[];
  /** Which arm of the experiment the account is in; it enters it with its first step of the ladder. */
  readonly arm: Arm | null;
  readonly notice: NoticeToStore | null;
  /** Ended periods that the notice accounts for. */
  readonly accounted: readonly number[];
};

/**
 * Stores what was decided of an account's crossings and periods together with the notice it gave rise to. All stand at
 * most once, and the first word stays: a repeat changes nothing. Answers for how many seconds the step was crossed when its
 * notice was written; null where none was written, or it is about no step.
 */
export async function storeNudges(
  db: Queryable,
  account: AccountKey,
  { nudges, arm, notice, accounted }: Decided,
): Promise<number | null> {
  const { rows } = await db.query<{ seconds: number | null }>({
    name: 'store-nudges',
    text: `
with app as (
  select clock_timestamp() + clock_offset_ms * interval '1 millisecond' as now from apps where app_id = $1
), decided as (
  insert into nudges (app_id, user_id, period, threshold, decision, decided_at)
  select $1, $2, n.period, n.threshold, n.decision, app.now
  from app, jsonb_to_recordset($3) as n(period integer, threshold smallint, decision text)
  join crossings c on c.app_id = $1 and c.user_id = $2 and c.period = n.period and c.threshold = n.threshold
  on conflict do nothing
), entered as (
  insert into arms (app_id, user_id, arm, assigned_at)
  select $1, $2, $6::text, min(c.crossed_at)
  from jsonb_to_recordset($3) as n(period integer, threshold smallint)
  join crossings c on c.app_id = $1 and c.user_id = $2 and c.period = n.period and c.threshold = n.threshold
  where $6::text is not null having count(*) > 0
  on conflict do nothing
), accounted as (
  update periods p set accounted_at = app.now from app
  where p.app_id = $1 and p.user_id = $2 and p.number = any($5) and p.accounted_at is null
), written as (
  insert into notices (app_id, user_id, notice_id, kind, period, threshold, text, created_at)
  select $1, $2, n.id, n.kind, n.period, n.threshold, n.text, app.now
  from app, jsonb_to_recordset($4) as n(id text, kind text, period integer, threshold smallint, text text)
  on conflict do nothing
  returning app_id, user_id, period, threshold, created_at
)
select pg_notify('${noticeChannel}', w.app_id || '/' || w.user_id),
  extract(epoch from w.created_at - c.crossed_at)::float8 as seconds
from written w left join crossings c using (app_id, user_id, period, threshold)`,
    values: [
      account.appId,
      account.userId,
      JSON.stringify(nudges),
      JSON.stringify(notice === null ? [] : [notice]),
      accounted,
      arm,
    ],
  });
  return rows[0]?.seconds ?? null;
}

import type { StoredNotice } from '../domain/notice/notice.ts';
import type { Queryable } from './pool.ts';
import { instantFromRow } from './rows/instant.ts';
import type { AccountKey } from './totals.ts';

type Row = {
  notice_id: string;
  kind: StoredNotice['kind'];
  threshold: number | null;
  period: number;
  text: string;
  created_at: string;
  seen_at: string | null;
};

const fromRow = (row: Row): StoredNotice => ({
  id: row.notice_id,
  kind: row.kind,
  threshold: row.threshold,
  period: row.period,
  text: row.text,
  createdAt: instantFromRow(row.created_at),
  seenAt: row.seen_at === null ? null : instantFromRow(row.seen_at),
});

/** A user's notices, newest first. Null: the app has no such user. */
export async function listNotices(
  db: Queryable,
  account: AccountKey,
  limit: number,
): Promise<StoredNotice[] | null> {
  const { rows } = await db.query<{ notices: Row[] | null }>({
    name: 'list-notices',
    text: `
select (
  select jsonb_agg(to_jsonb(n) order by n.created_at desc, n.notice_id desc)
  from (select * from notices where app_id = $1 and user_id = $2 order by created_at desc, notice_id desc limit $3) n
) as notices
from accounts where app_id = $1 and user_id = $2`,
    values: [account.appId, account.userId, limit],
  });
  const row = rows[0];
  return row === undefined ? null : (row.notices ?? []).map(fromRow);
}

/** Marks a notice as seen, keeping the first time. Null: there is no such notice. */
export async function markNoticeSeen(
  db: Queryable,
  account: AccountKey,
  noticeId: string,
): Promise<StoredNotice | null> {
  const { rows } = await db.query<{ notice: Row }>({
    name: 'mark-notice-seen',
    text: `
update notices n set seen_at = coalesce(n.seen_at, clock_timestamp() + app.clock_offset_ms * interval '1 millisecond')
from apps app
where app.app_id = n.app_id and n.app_id = $1 and n.user_id = $2 and n.notice_id = $3
returning to_jsonb(n) as notice`,
    values: [account.appId, account.userId, noticeId],
  });
  return rows[0] === undefined ? null : fromRow(rows[0].notice);
}

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
  dismissed_at: string | null;
  position: number;
};

const instantOrNull = (text: string | null) => (text === null ? null : instantFromRow(text));

const fromRow = (row: Row): StoredNotice => ({
  id: row.notice_id,
  kind: row.kind,
  threshold: row.threshold,
  period: row.period,
  text: row.text,
  createdAt: instantFromRow(row.created_at),
  seenAt: instantOrNull(row.seen_at),
  dismissedAt: instantOrNull(row.dismissed_at),
});

export type InboxPage = {
  readonly limit: number;
  /** The notice after which the page begins; null: the newest. */
  readonly after: string | null;
  readonly dismissedToo: boolean;
};

/** A user's notices, newest first. Null: the app has no such user. */
export async function listNotices(
  db: Queryable,
  account: AccountKey,
  { limit, after, dismissedToo }: InboxPage,
): Promise<StoredNotice[] | null> {
  const { rows } = await db.query<{ notices: Row[] | null }>({
    name: 'list-notices',
    text: `
select (
  select jsonb_agg(to_jsonb(n) order by n.created_at desc, n.notice_id desc) from (
    select n.* from notices n
    left join notices a on a.app_id = $1 and a.user_id = $2 and a.notice_id = $4
    where n.app_id = $1 and n.user_id = $2 and ($5 or n.dismissed_at is null)
      and ($4::text is null or (n.created_at, n.notice_id) < (a.created_at, a.notice_id))
    order by n.created_at desc, n.notice_id desc limit $3
  ) n
) as notices
from accounts where app_id = $1 and user_id = $2`,
    values: [account.appId, account.userId, limit, after, dismissedToo],
  });
  const row = rows[0];
  return row === undefined ? null : (row.notices ?? []).map(fromRow);
}

export type NewNotices = {
  readonly notices: readonly { readonly position: number; readonly notice: StoredNotice }[];
  /** Up to where these reach. */
  readonly last: number;
};

/**
 * What a stream has not sent yet, in the order in which it was written: all after a position or, without one, what the user has
 * neither seen nor dismissed. Null: the app has no such user, or not any more.
 */
export async function newNotices(
  db: Queryable,
  account: AccountKey,
  after: number | null,
): Promise<NewNotices | null> {
  const { rows } = await db.query<{ notices: Row[] | null; last: number }>({
    name: 'new-notices',
    text: `
select (
  select jsonb_agg(to_jsonb(n) order by n.position) from notices n
  where n.app_id = $1 and n.user_id = $2
    and case when $3::bigint is null then n.seen_at is null and n.dismissed_at is null else n.position > $3 end
) as notices, coalesce(
  (select max(position) from notices where app_id = $1 and user_id = $2), $3, 0) as last
from accounts where app_id = $1 and user_id = $2`,
    values: [account.appId, account.userId, after],
  });
  const row = rows[0];
  if (row === undefined) return null;
  const notices = (row.notices ?? []).map((one) => ({ position: one.position, notice: fromRow(one) }));
  return { notices, last: row.last };
}

type Mark = 'seen' | 'dismissed';

/** Marks a notice, keeping the first time; who dismisses one has seen it. Null: there is no such notice. */
export async function markNotice(
  db: Queryable,
  account: AccountKey,
  noticeId: string,
  as: Mark,
): Promise<StoredNotice | null> {
  const { rows } = await db.query<{ notice: Row }>({
    name: 'mark-notice',
    text: `
update notices n set seen_at = coalesce(n.seen_at, at.now),
  dismissed_at = case when $4 then coalesce(n.dismissed_at, at.now) else n.dismissed_at end
from apps app
cross join lateral (select clock_timestamp() + app.clock_offset_ms * interval '1 millisecond' as now) at
where app.app_id = n.app_id and n.app_id = $1 and n.user_id = $2 and n.notice_id = $3
returning to_jsonb(n) as notice`,
    values: [account.appId, account.userId, noticeId, as === 'dismissed'],
  });
  return rows[0] === undefined ? null : fromRow(rows[0].notice);
}

import type { RiskSignal } from '../domain/account/state.ts';
import { type AppId, type ReviewId, type UserId, reviewId, userId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Queryable } from './pool.ts';
import { instantFromRow } from './rows/instant.ts';

export type ReviewStatus = 'open' | 'approved' | 'rejected' | 'released';

export type StoredReview = {
  readonly id: ReviewId;
  readonly userId: UserId;
  readonly status: ReviewStatus;
  readonly openedAt: Instant;
  readonly dueAt: Instant;
  readonly score: number;
  readonly signals: readonly RiskSignal[];
  readonly decidedAt: Instant | null;
  readonly decidedBy: string | null;
  readonly note: string | null;
};

type Row = {
  review_id: string;
  user_id: string;
  status: ReviewStatus;
  opened_at: string;
  due_at: string;
  score: number;
  signals: RiskSignal[];
  decided_at: string | null;
  decided_by: string | null;
  note: string | null;
};

const fromRow = (row: Row): StoredReview => ({
  id: reviewId(row.review_id),
  userId: userId(row.user_id),
  status: row.status,
  openedAt: instantFromRow(row.opened_at),
  dueAt: instantFromRow(row.due_at),
  score: row.score,
  signals: row.signals,
  decidedAt: row.decided_at === null ? null : instantFromRow(row.decided_at),
  decidedBy: row.decided_by,
  note: row.note,
});

const dueNow = `coalesce(
    (select to_timestamp((c.details ->> 'dueAt')::float8 / 1000) from commands c
      where c.app_id = r.app_id and c.user_id = r.user_id and c.kind = 'recheck'
        and c.details ->> 'reviewId' = r.review_id and c.details ->> 'dueAt' is not null
      order by c.number desc limit 1),
    r.due_at)`;

/** The review `r` as JSON; a re-check that kept it open has moved its due date. */
export const reviewAsItStands = `to_jsonb(r) || jsonb_build_object('due_at', ${dueNow})`;

/** An app's reviews of one status, the ones due first on top. */
export async function listReviews(
  db: Queryable,
  app: AppId,
  status: ReviewStatus,
  limit: number,
): Promise<StoredReview[]> {
  const { rows } = await db.query<{ review: Row }>({
    name: 'list-reviews',
    text: `
select ${reviewAsItStands} as review from reviews r
where r.app_id = $1 and r.status = $2 order by ${dueNow}, r.review_id limit $3`,
    values: [app, status, limit],
  });
  return rows.map((row) => fromRow(row.review));
}

export async function findReview(db: Queryable, app: AppId, id: ReviewId): Promise<StoredReview | null> {
  const { rows } = await db.query<{ review: Row }>({
    name: 'find-review',
    text: `select ${reviewAsItStands} as review from reviews r where r.app_id = $1 and r.review_id = $2`,
    values: [app, id],
  });
  return rows[0] === undefined ? null : fromRow(rows[0].review);
}

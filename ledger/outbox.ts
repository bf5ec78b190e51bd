import { appId, userId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Queryable } from './pool.ts';
import { instantToRow } from './rows/instant.ts';
import type { AccountKey } from './totals.ts';

/** A mark that was claimed for sending; `attempts` counts those without an acknowledgement. */
export type ClaimedMark = AccountKey & { readonly attempts: number };

/** What a person or a user waits for, and what only keeps a workflow's picture true. Each is sent in the order it came due. */
export const lanes = ['urgent', 'ordinary'] as const;
export type Lane = (typeof lanes)[number];

/** What is not acknowledged after this long is sent again, and then after twice as long each time, eight times at most. */
const resendAfter = '60 seconds';

type MarkRow = { app_id: string; user_id: string; attempts: number };

export type ClaimOptions = {
  readonly limit: number;
  /** As many may be sent for the first time and unanswered, those of other relays among them. */
  readonly inFlightAtMost: number;
};

/**
 * Claims due marks of a lane; two relays at once never claim the same. A relay that dies here is made good by the resend.
 * Of an account that is being erased nothing is sent any more.
 */
export async function claimMarks(
  db: Queryable,
  lane: Lane,
  { limit, inFlightAtMost }: ClaimOptions,
): Promise<ClaimedMark[]> {
  const { rows } = await db.query<MarkRow>({
    name: 'claim-marks',
    text: `
update outbox o set send_at = now() + $2::interval * least(2 ^ o.attempts, 8), sent_at = now(), attempts = o.attempts + 1
from (
  select app_id, user_id from outbox w where urgent = $4 and send_at <= now() and set_aside_at is null
    and not exists (select from erasures e where e.app_id = w.app_id and e.user_id = w.user_id)
  order by send_at
  limit least($1, $3 - (select count(*) from (
    select from outbox where urgent = $4 and attempts = 1 and send_at > now() limit $3) in_flight))
  for update skip locked
) due
where o.app_id = due.app_id and o.user_id = due.user_id
returning o.app_id, o.user_id, o.attempts`,
    values: [limit, resendAfter, inFlightAtMost, lane === 'urgent'],
  });
  return rows.map((row) => ({
    appId: appId(row.app_id),
    userId: userId(row.user_id),
    attempts: row.attempts,
  }));
}

/** Marks that were sent for the first time and are not answered; late are those sent longer ago than `answerWithinMs`. */
export type InFlight = { readonly inTime: number; readonly late: number };

export async function marksInFlight(db: Queryable, lane: Lane, answerWithinMs: number): Promise<InFlight> {
  const { rows } = await db.query<{ in_time: number; late: number }>({
    name: 'marks-in-flight',
    text: `
select count(*) filter (where is_late) as late, count(*) filter (where not is_late) as in_time
from (
  select sent_at < now() - $2 * interval '1 millisecond' as is_late from outbox
  where urgent = $1 and attempts = 1 and send_at > now()
) in_flight`,
    values: [lane === 'urgent', answerWithinMs],
  });
  return { inTime: rows[0]?.in_time ?? 0, late: rows[0]?.late ?? 0 };
}

/** Gives a claim back after a transient failure, to be sent at a later time; the attempt does not count. */
export async function returnMark(
  db: Queryable,
  account: AccountKey,
  delayMs: number,
  error: string,
): Promise<void> {
  await db.query({
    name: 'return-mark',
    text: `
update outbox set send_at = now() + $3 * interval '1 millisecond', attempts = greatest(0, attempts - 1), last_error = $4
where app_id = $1 and user_id = $2 and send_at is not null`,
    values: [account.appId, account.userId, delayMs, error.slice(0, 500)],
  });
}

/** Puts a mark that can never be sent out of its neighbours' way until its account changes again. */
export async function setMarkAside(db: Queryable, account: AccountKey, error: string): Promise<void> {
  await db.query({
    name: 'set-mark-aside',
    text: 'update outbox set set_aside_at = now(), last_error = $3 where app_id = $1 and user_id = $2',
    values: [account.appId, account.userId, error.slice(0, 500)],
  });
}

export type Acknowledgement = AccountKey & {
  readonly epoch: number;
  readonly seq: number;
  /** The workflow's next deadline on the app's clock, null if it waits for nothing. */
  readonly wakeAt: Instant | null;
};

/**
 * The workflow's word that it has taken in everything up to `seq`. From before a restore or a rebuild it changes nothing,
 * nor does a word about a version that the account has not reached: the ledger was restored and nobody said so. False:
 * there is nothing it could be about.
 */
export async function acknowledgeMark(db: Queryable, word: Acknowledgement): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'acknowledge-mark',
    text: `
update outbox set
  acked_seq = greatest(acked_seq, $4),
  send_at = case when seq <= $4 then null else send_at end,
  attempts = case when seq <= $4 then 0 else attempts end,
  urgent = urgent and seq > $4,
  last_error = null,
  wake_at = case when $4 >= acked_seq then $5 else wake_at end
where app_id = $1 and user_id = $2 and $3 = greatest(epoch, (select e.epoch from ledger_epoch e))
  and $4 <= (select version from accounts where app_id = $1 and user_id = $2)`,
    values: [
      word.appId,
      word.userId,
      word.epoch,
      word.seq,
      word.wakeAt === null ? null : instantToRow(word.wakeAt),
    ],
  });
  return (rowCount ?? 0) > 0;
}

export type OutboxState = {
  readonly outstanding: number;
  readonly setAside: number;
  readonly oldestSeconds: number;
};

export async function outboxState(db: Queryable): Promise<OutboxState> {
  const { rows } = await db.query<{ outstanding: number; set_aside: number; oldest: number }>({
    name: 'outbox-state',
    text: `
select count(*) filter (where seq > acked_seq and set_aside_at is null) as outstanding,
  count(*) filter (where set_aside_at is not null) as set_aside,
  coalesce(extract(epoch from now() - min(coalesce(sent_at, send_at)) filter (where seq > acked_seq)), 0)::float8 as oldest
from outbox where send_at is not null or set_aside_at is not null`,
  });
  const row = rows[0];
  return {
    outstanding: row?.outstanding ?? 0,
    setAside: row?.set_aside ?? 0,
    oldestSeconds: Math.max(0, row?.oldest ?? 0),
  };
}

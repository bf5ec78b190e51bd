import { setTimeout as delay } from 'node:timers/promises';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

/** Which accounts: all of the ledger, of an app, or one. */
export type Scope = {
  readonly app: string | null;
  readonly user: string | null;
  /** Those too whose workflow has nothing to wait for and has ended; they end again. */
  readonly asleepToo: boolean;
};

/** As many marks as one statement raises in a few milliseconds: commits wait for no longer. */
const page = 1_000;
/** Where others hold all that is left. */
const heldMs = 50;

/** An epoch that no workflow has heard of, even one that knows a future which a restore took back: it is the time. */
export async function newEpoch(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ epoch: number }>({
    name: 'new-epoch',
    text: `
select greatest(floor(extract(epoch from clock_timestamp()) * 1000)::bigint, e.epoch + 1) as epoch from ledger_epoch e`,
  });
  const [row] = rows;
  if (row === undefined) throw new Error('the ledger has no epoch: its migrations are not all there');
  return row.epoch;
}

/** From now on every workflow takes the ledger's word whole, and no acknowledgement from before counts. */
export async function raiseEpoch(db: Queryable, epoch: number): Promise<void> {
  await db.query({
    name: 'raise-epoch',
    text: 'update ledger_epoch set epoch = $1 where epoch < $1',
    values: [epoch],
  });
}

const inScope = `epoch < $1 and ($2::text is null or app_id = $2) and ($3::text is null or user_id = $3)
  and ($4 or wake_at is not null or seq > acked_seq or set_aside_at is not null)`;

const markDue =
  'update outbox o set epoch = $1, send_at = now(), attempts = 0, set_aside_at = null, last_error = null';

/** Rows that somebody holds are passed over, so that no commit waits for us in a circle; the next call finds them. */
async function markPage(db: Queryable, { app, user, asleepToo }: Scope, epoch: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'mark-for-rebuild',
    text: `
${markDue}
from (select app_id, user_id from outbox where ${inScope} limit ${page} for update skip locked) due
where o.app_id = due.app_id and o.user_id = due.user_id`,
    values: [epoch, app, user, asleepToo],
  });
  return rowCount ?? 0;
}

/** How many accounts of the scope have not been marked with the epoch. */
export async function countUnmarked(db: Queryable, scope: Scope, epoch: number): Promise<number> {
  const { rows } = await db.query<{ unmarked: number }>({
    name: 'count-unmarked',
    text: `select count(*)::int as unmarked from outbox where ${inScope}`,
    values: [epoch, scope.app, scope.user, scope.asleepToo],
  });
  return rows[0]?.unmarked ?? 0;
}

/**
 * Marks accounts so that their workflows are there, take the ledger's word whole and forget their own; answers how many.
 * The relay sends at its own pace. A second call with the same epoch marks only what a first that was cut off had left.
 */
export async function markForRebuild(
  db: Queryable,
  scope: Scope,
  epoch: number,
  onProgress: (marked: number) => void = () => {},
): Promise<number> {
  let marked = 0;
  for (;;) {
    const more = await markPage(db, scope, epoch);
    marked += more;
    onProgress(marked);
    if (more === page) continue;
    if ((await countUnmarked(db, scope, epoch)) === 0) return marked;
    await delay(heldMs);
  }
}

/** Marks these very accounts; answers how many were there and not held by somebody else. */
export async function remindAccounts(
  db: Queryable,
  accounts: readonly AccountKey[],
  epoch: number,
): Promise<number> {
  const { rowCount } = await db.query({
    name: 'remind-accounts',
    text: `
${markDue}
from (
  select app_id, user_id from outbox join unnest($2::text[], $3::text[]) as asked(app_id, user_id) using (app_id, user_id)
  for update of outbox skip locked
) due
where o.app_id = due.app_id and o.user_id = due.user_id`,
    values: [epoch, accounts.map((account) => account.appId), accounts.map((account) => account.userId)],
  });
  return rowCount ?? 0;
}

export type Unanswered = { readonly left: number; readonly setAside: number; readonly first: string | null };

/** How many of a rebuild have not been answered by their workflow, how many of those Temporal refused, and the first by name. */
export async function unanswered(db: Queryable, epoch: number): Promise<Unanswered> {
  const { rows } = await db.query<{ left: number; set_aside: number; first: string | null }>({
    name: 'unanswered',
    text: `
select count(*)::int as left, count(set_aside_at)::int as set_aside, min(app_id || '/' || user_id) as first
from outbox where epoch = $1 and (send_at is not null or set_aside_at is not null)`,
    values: [epoch],
  });
  const [row] = rows;
  return { left: row?.left ?? 0, setAside: row?.set_aside ?? 0, first: row?.first ?? null };
}

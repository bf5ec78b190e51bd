import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError } from 'pg';
import { type AppId, type PolicyVersion, type UserId, userId } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';

export type PeriodMove = {
  readonly app: AppId;
  readonly version: PolicyVersion;
  /** Plans that the version has; a running period on another keeps its snapshot. */
  readonly plans: readonly string[];
  readonly actor: string;
  readonly onProgress?: (moved: number) => void;
};

export type MovedPeriods = {
  readonly moved: number;
  /** Running periods whose plan the version dropped. */
  readonly kept: number;
};

/**
 * Accounts looked at in one statement. On two cores, under 200 admissions a second, a page of 100 holds its rows for
 * 15 ms (90 at most) and 20,000 periods take 9 s; pages of 500 take 7 s and hold them for 60 ms (130 at most).
 */
const pageSize = 100;
/** Workflows hear of the move at this pace, so that their marks do not queue before those of admissions. */
const toldEachSecond = 200;
/** No statement of the API or a worker lives longer (ledger/pool.ts). */
const longestStatementMs = 6_000;

const isRunning = `p.ends_at > clock_timestamp() + app.clock_offset_ms * interval '1 millisecond'`;

/**
 * Waits until no statement is left that may have seen the app's former policy and is about to open a period under it.
 * Every later commit checks the version in force.
 */
async function awaitOlderStatements(db: Queryable): Promise<void> {
  const started = Date.now();
  const { rows } = await db.query<{ next: string }>({
    name: 'next-transaction',
    text: 'select pg_snapshot_xmax(pg_current_snapshot())::text as next',
  });
  const next = rows[0]?.next;
  while (Date.now() - started < longestStatementMs) {
    const { rows: answers } = await db.query<{ done: boolean }>({
      name: 'older-transactions-done',
      text: 'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as done',
      values: [next],
    });
    if (answers[0]?.done === true) return;
    await pause(20);
  }
}

type Page = { readonly users: UserId[]; readonly kept: number; readonly last: string | null };

/** The next accounts in the order of their ids, and who of them is still to be moved. */
async function nextPage(db: Queryable, move: PeriodMove, after: string): Promise<Page> {
  const { rows } = await db.query<{ users: string[]; kept: number; last: string | null }>({
    name: 'next-periods-to-move',
    text: `
with page as materialized (
  select app_id, user_id, current_period from accounts where app_id = $1 and user_id > $2 order by user_id limit $5
), old as (
  select p.user_id, p.plan = any($4) as movable from apps app join page using (app_id)
  join periods p on p.app_id = page.app_id and p.user_id = page.user_id and p.number = page.current_period
  where p.policy_version <> $3 and ${isRunning}
)
select coalesce((select array_agg(user_id order by user_id) from old where movable), '{}') as users,
  (select count(*) from old where not movable) as kept, (select max(user_id) from page) as last`,
    values: [move.app, after, move.version, move.plans, pageSize],
  });
  const row = rows[0];
  return { users: (row?.users ?? []).map(userId), kept: row?.kept ?? 0, last: row?.last ?? null };
}

/**
 * Moves the running periods of these accounts, raises their versions, so that a decision under way is made again, and
 * marks them for their workflows. Rows are locked in the order of a commit, account first. Skipping locked rows, it holds
 * many locks and waits for none; waiting, it is given one account.
 */
async function moveAccounts(
  db: Queryable,
  move: PeriodMove,
  accounts: {
    readonly users: readonly UserId[];
    readonly whenLocked: 'skip' | 'wait';
    readonly told: number;
  },
): Promise<UserId[]> {
  const { rows } = await db.query<{ user_id: string }>({
    name: `move-periods-${accounts.whenLocked}`,
    text: `
with due as (
  select a.app_id, a.user_id, p.policy_version as former, app.clock_offset_ms
  from apps app join accounts a using (app_id)
  join periods p on p.app_id = a.app_id and p.user_id = a.user_id and p.number = a.current_period
  where app.app_id = $1 and a.user_id = any($2) and p.policy_version <> $3 and p.plan = any($4) and ${isRunning}
  order by a.user_id
  for no key update of a ${accounts.whenLocked === 'skip' ? 'skip locked' : ''}
), raised as (
  update accounts a set version = a.version + 1 from due where a.app_id = due.app_id and a.user_id = due.user_id
  returning a.app_id, a.user_id, a.version, a.current_period, due.former,
    clock_timestamp() + due.clock_offset_ms * interval '1 millisecond' as moved_at
), moved as (
  update periods p set policy_version = $3, version = raised.version from raised
  where p.app_id = raised.app_id and p.user_id = raised.user_id and p.number = raised.current_period
), noted as (
  insert into policy_changes (app_id, user_id, version, period, former_policy, policy_version, changed_at)
  select app_id, user_id, version, current_period, former, $3, moved_at from raised
), marked as (
  insert into outbox as o (app_id, user_id, seq, send_at)
  select app_id, user_id, version, now() + ($5 + row_number() over ()) / $6::float8 * interval '1 second' from raised
  on conflict (app_id, user_id) do update set
    seq = excluded.seq, send_at = least(o.send_at, excluded.send_at), set_aside_at = null
)
select user_id from raised`,
    values: [move.app, accounts.users, move.version, move.plans, accounts.told, toldEachSecond],
  });
  return rows.map((row) => userId(row.user_id));
}

/** A row that others keep taking is waited for again, a second each time. */
const mostWaits = 30;
const lockTimeout = '55P03';

async function moveBusy(db: Queryable, move: PeriodMove, user: UserId, told: number): Promise<number> {
  for (let waits = 1; ; waits += 1) {
    try {
      return (await moveAccounts(db, move, { users: [user], whenLocked: 'wait', told })).length;
    } catch (error) {
      const isBusy = error instanceof DatabaseError && error.code === lockTimeout;
      if (!isBusy || waits === mostWaits) throw error;
    }
  }
}

async function noteMove(db: Queryable, move: PeriodMove, done: MovedPeriods): Promise<void> {
  await db.query({
    name: 'note-period-move',
    text: `insert into audit (app_id, actor, act, subject, details) values ($1, $2, 'policy.move_periods', $3, $4)`,
    values: [move.app, move.actor, move.version, JSON.stringify(done)],
  });
}

/**
 * Moves every running period of the app to a version, page by page with a pause as long as the page took, while
 * admissions go on. Interrupted or repeated, it goes on where it was.
 */
export async function movePeriods(db: Queryable, move: PeriodMove): Promise<MovedPeriods> {
  await awaitOlderStatements(db);
  const busy: UserId[] = [];
  let moved = 0;
  let kept = 0;
  let after: string | null = '';
  while (after !== null) {
    const started = Date.now();
    const page: Page = await nextPage(db, move, after);
    const done = await moveAccounts(db, move, { users: page.users, whenLocked: 'skip', told: moved });
    const doneNow = new Set(done);
    busy.push(...page.users.filter((user) => !doneNow.has(user)));
    moved += done.length;
    kept += page.kept;
    after = page.last;
    move.onProgress?.(moved);
    if (after !== null) await pause(Date.now() - started);
  }
  for (const user of busy) {
    moved += await moveBusy(db, move, user, moved);
    move.onProgress?.(moved);
  }
  if (moved > 0) await noteMove(db, move, { moved, kept });
  return { moved, kept };
}

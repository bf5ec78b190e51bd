import type { AccountState } from '../domain/account/state.ts';
import type { Instant, Milliseconds } from '../domain/instant.ts';
import type { Telling } from '../domain/telling.ts';
import {
  type AppStand,
  type LoadedAccount,
  type Lookup,
  type SnapshotRow,
  type StoredAnswer,
  snapshotFromRow,
} from './account-snapshot.ts';
import { commitStatement } from './commit-statement.ts';
import type { Queryable } from './pool.ts';
import { accountToRow } from './rows/account.ts';
import { authorizationToRow } from './rows/authorization.ts';
import { commandToRow, reviewToRow } from './rows/command.ts';
import { instantToRow } from './rows/instant.ts';
import { crossingToRow, periodToRow } from './rows/period.ts';
import { sessionToRow } from './rows/session.ts';
import { usageEventToRow } from './rows/usage-event.ts';

/** What was decided on one account, and what the decision stood on. */
export type Commit = {
  /** What is read where it misses. */
  readonly lookup: Lookup;
  /** Ids and keys of the lookup that it took for new. */
  readonly takenForNew: {
    readonly eventIds: readonly string[];
    readonly authorizationIds: readonly string[];
    readonly answerKeys: readonly string[];
  };
  readonly before: AccountState;
  readonly after: AccountState;
  readonly app: AppStand;
  /** The database's clock, not the app's, when it was decided. */
  readonly decidedAt: number;
  /** The decision holds only before this instant: the end of the period or day it judged. Null: it judged none. */
  readonly validUntil: Instant | null;
  readonly telling: Telling;
  /** The least time between two paced tellings, on the real clock. */
  readonly pace: Milliseconds;
  /** Set when the workflow must wake no later than this; null where nothing new is due. */
  readonly wakeAt: Instant | null;
  readonly answers: readonly StoredAnswer[];
};

const changedRows = <Item>(before: readonly Item[], after: readonly Item[]): readonly Item[] =>
  before === after ? [] : after.filter((item) => !before.includes(item));

export const hasChanged = (before: AccountState, after: AccountState): boolean =>
  before.account !== after.account ||
  changedRows(before.periods, after.periods).length > 0 ||
  changedRows(before.sessions, after.sessions).length > 0 ||
  changedRows(before.authorizations, after.authorizations).length > 0 ||
  before.added !== after.added;

const rowsOf = <Item, Made>(
  items: readonly Item[],
  toRow: (item: Item) => Made,
): readonly Made[] | undefined => (items.length === 0 ? undefined : items.map(toRow));

/** What is undefined stays out of the JSON, and so out of the statement. */
function writesOf({ before, after, telling, pace, wakeAt, answers }: Commit) {
  const { version } = after.account;
  return {
    account: accountToRow(after.account),
    periods: rowsOf(changedRows(before.periods, after.periods), (period) => periodToRow(period, version)),
    sessions: rowsOf(changedRows(before.sessions, after.sessions), sessionToRow),
    authorizations: rowsOf(changedRows(before.authorizations, after.authorizations), authorizationToRow),
    usage_events: rowsOf(after.added.usageEvents, usageEventToRow),
    crossings: rowsOf(after.added.crossings, crossingToRow),
    commands: rowsOf(after.added.commands, commandToRow),
    reviews: rowsOf(after.added.reviews, reviewToRow),
    telling,
    pace,
    wake_at: wakeAt === null ? undefined : instantToRow(wakeAt),
    answers: answers.length === 0 ? undefined : answers,
  };
}

function toItem(commit: Commit, item: number) {
  const { before, after, app } = commit;
  const writes = hasChanged(before, after);
  return {
    item,
    ...commit.lookup,
    base: before.account.version,
    writes,
    clock_offset: app.clockOffset,
    policy_version: app.policyVersion,
    decided_at: commit.decidedAt,
    valid_until: commit.validUntil ?? undefined,
    new_event_ids: commit.takenForNew.eventIds,
    new_authorization_ids: commit.takenForNew.authorizationIds,
    new_answer_keys: commit.takenForNew.answerKeys,
    ...(writes ? writesOf(commit) : {}),
  };
}

/** The one parameter of the commit statement. */
export const commitParameter = (commits: readonly Commit[]): string => JSON.stringify(commits.map(toItem));

/** Held: it stands in the ledger. Missed: it stood on something old and changed nothing; `current` is how things stand now. */
export type CommitOutcome =
  { readonly held: true } | { readonly held: false; readonly current: LoadedAccount | null };

export type Committed = { readonly outcomes: readonly CommitOutcome[]; readonly databaseNow: number };

type Row = Partial<SnapshotRow> & {
  readonly item: number;
  readonly database_now: number;
  readonly held: boolean;
};

const outcomeOf = (row: Row, commit: Commit): CommitOutcome => {
  if (row.held) return { held: true };
  const isThere = row.mode !== null && row.mode !== undefined;
  return {
    held: false,
    current: isThere
      ? snapshotFromRow(row as SnapshotRow, commit.before.account.appId, row.database_now)
      : null,
  };
};

/** Commits decisions on distinct accounts in one statement. @throws whatever Postgres does; then none of them is written. */
export async function commitAccounts(db: Queryable, commits: readonly Commit[]): Promise<Committed> {
  const { rows } = await db.query<Row>({
    name: 'commit-accounts',
    text: commitStatement,
    values: [commitParameter(commits)],
  });
  const outcomes: CommitOutcome[] = [];
  for (const row of rows) {
    const commit = commits[row.item];
    if (commit !== undefined) outcomes[row.item] = outcomeOf(row, commit);
  }
  return { outcomes, databaseNow: rows[0]?.database_now ?? 0 };
}

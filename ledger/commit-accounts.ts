import type { Authorization, Session, UsageEvent } from '../domain/account/state.ts';
import { type LoadedAccount, type SnapshotRow, snapshotFromRow } from './account-snapshot.ts';
import { type ItemRow, parametersOf } from './columns.ts';
import { type Commit, changedRows, hasChanged, standColumns } from './commit-columns.ts';
import { commitStatement } from './commit-statement.ts';
import type { Queryable } from './pool.ts';
import { authorizationToRow } from './rows/authorization.ts';
import { commandToRow, reviewToRow } from './rows/command.ts';
import { crossingToRow } from './rows/crossing.ts';
import { periodColumns } from './rows/period.ts';
import { sessionColumns } from './rows/session.ts';
import { usageEventColumns } from './rows/usage-event.ts';

type Numbered = { readonly item: number; readonly commit: Commit };

const rowsOf = <Item>(
  commits: readonly Numbered[],
  of: (commit: Commit) => readonly Item[],
): readonly ItemRow<Item>[] =>
  commits.flatMap(({ item, commit }) => of(commit).map((row) => ({ item, of: row })));

/** Rows of the tables that few decisions touch, as one JSON parameter each. */
const jsonOf = (commits: readonly Numbered[], of: (commit: Commit) => readonly object[]): string =>
  JSON.stringify(rowsOf(commits, of).map(({ item, of: row }) => ({ item, ...row })));

const sessionsOf = ({ before, after }: Commit): readonly Session[] =>
  changedRows(before.sessions, after.sessions);
const authorizationsOf = ({ before, after }: Commit): readonly Authorization[] =>
  changedRows(before.authorizations, after.authorizations);
const eventsOf = ({ after }: Commit): readonly UsageEvent[] => after.added.usageEvents;

/** The statement's parameters. Decisions that change nothing are only checked. */
function parameters(commits: readonly Commit[]): readonly string[] {
  const all = commits.map((commit, item) => ({ item, commit }));
  const writing = all.filter(({ commit }) => hasChanged(commit.before, commit.after));
  return [
    ...parametersOf(
      standColumns,
      all.map(({ item, commit }) => ({ item, of: commit })),
    ),
    ...parametersOf(
      periodColumns,
      rowsOf(writing, ({ before, after }) =>
        changedRows(before.periods, after.periods).map((period) => ({
          period,
          version: after.account.version,
        })),
      ),
    ),
    ...parametersOf(sessionColumns, rowsOf(writing, sessionsOf)),
    ...parametersOf(usageEventColumns, rowsOf(writing, eventsOf)),
    jsonOf(writing, (commit) => authorizationsOf(commit).map(authorizationToRow)),
    jsonOf(writing, ({ after }) => after.added.crossings.map(crossingToRow)),
    jsonOf(writing, ({ after }) => after.added.commands.map(commandToRow)),
    jsonOf(writing, ({ after }) => after.added.reviews.map(reviewToRow)),
    jsonOf(writing, ({ answers }) => answers),
  ];
}

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
    values: [...parameters(commits)],
  });
  const outcomes: CommitOutcome[] = [];
  for (const row of rows) {
    const commit = commits[row.item];
    if (commit !== undefined) outcomes[row.item] = outcomeOf(row, commit);
  }
  return { outcomes, databaseNow: rows[0]?.database_now ?? 0 };
}

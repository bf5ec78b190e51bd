import type { LoadedAccount } from './account-snapshot.ts';
import { parametersOf } from './columns.ts';
import { type Commit, hasChanged, standColumns } from './commit-columns.ts';
import { partsOf } from './commit-parts.ts';
import { commitStatement } from './commit-statement.ts';
import { loadAccounts } from './load-accounts.ts';
import type { Queryable } from './pool.ts';

/** Held: it stands in the ledger. Missed: it stood on something old and changed nothing; `current` is how things stand now. */
export type CommitOutcome =
  { readonly held: true } | { readonly held: false; readonly current: LoadedAccount | null };

export type Committed = { readonly outcomes: readonly CommitOutcome[]; readonly databaseNow: number };

type Row = { readonly item: number; readonly database_now: number; readonly held: boolean };

async function commitOrMiss(db: Queryable, commits: readonly Commit[]): Promise<readonly Row[]> {
  const { name, text, sets } = commitStatement(partsOf(commits));
  const all = commits.map((commit, item) => ({ item, commit }));
  // Decisions that change nothing are only checked.
  const writing = all.filter(({ commit }) => hasChanged(commit.before, commit.after));
  const stand = all.map(({ item, commit }) => ({ item, of: commit }));
  const values = [
    ...parametersOf(standColumns, stand),
    ...sets.flatMap(({ parameters }) => parameters(writing)),
  ];
  const { rows } = await db.query<Row>({ name, text, values });
  return rows;
}

/**
 * Commits decisions on distinct accounts in one statement; those that missed come back as they stand now, at the cost of
 * a second one.
 * @throws whatever Postgres does; then none of them is written
 */
export async function commitAccounts(db: Queryable, commits: readonly Commit[]): Promise<Committed> {
  const rows = await commitOrMiss(db, commits);
  const outcomes: CommitOutcome[] = commits.map(() => ({ held: true }));
  const missed = rows.filter(({ held }) => !held).map(({ item }) => item);
  if (missed.length > 0) {
    const lookups = missed.flatMap((item) => commits[item]?.lookup ?? []);
    const { accounts } = await loadAccounts(db, lookups);
    for (const [index, item] of missed.entries())
      outcomes[item] = { held: false, current: accounts[index] ?? null };
  }
  return { outcomes, databaseNow: rows[0]?.database_now ?? 0 };
}

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
  const held = new Set(rows.filter((row) => row.held).map(({ item }) => item));
  const missed = commits.filter((_commit, item) => !held.has(item));
  const current = new Map<Commit, LoadedAccount | null>();
  if (missed.length > 0) {
    const lookups = missed.map(({ lookup }) => lookup);
    const { accounts } = await loadAccounts(db, lookups);
    for (const [index, commit] of missed.entries()) current.set(commit, accounts[index] ?? null);
  }
  const outcomes = commits.map((commit, item): CommitOutcome =>
    held.has(item) ? { held: true } : { held: false, current: current.get(commit) ?? null },
  );
  return { outcomes, databaseNow: rows[0]?.database_now ?? 0 };
}

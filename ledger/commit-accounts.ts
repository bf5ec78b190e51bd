import type { LoadedAccount } from './account-snapshot.ts';
import { type Commit, changesOf } from './commit.ts';
import { partsOf } from './commit-parts.ts';
import { commitStatement } from './commit-statement.ts';
import { loadAccounts } from './load-accounts.ts';
import type { Queryable } from './pool.ts';

/** Held: it stands in the ledger. Missed: it stood on something old and changed nothing; `current` is how things stand now. */
export type CommitOutcome =
  { readonly held: true } | { readonly held: false; readonly current: LoadedAccount | null };

export type Committed = { readonly outcomes: readonly CommitOutcome[]; readonly databaseNow: number };

/** The places of those that held, and the database's clock. */
type Row = { readonly held: readonly number[]; readonly database_now: number };

async function commitOrMiss(db: Queryable, commits: readonly Commit[]): Promise<Row> {
  const numbered = commits.map((commit, item) => ({ item, commit, changes: changesOf(commit) }));
  const { name, text, parameters } = commitStatement(partsOf(numbered));
  const { rows } = await db.query<Row>({ name, text, values: parameters(numbered) });
  const [row] = rows;
  if (row === undefined) throw new Error('the commit answered nothing');
  return row;
}

/**
 * Commits decisions on distinct accounts in one statement; those that missed come back as they stand now, at the cost of
 * a second one.
 * @throws whatever Postgres does; then none of them is written
 */
export async function commitAccounts(db: Queryable, commits: readonly Commit[]): Promise<Committed> {
  const row = await commitOrMiss(db, commits);
  const held = new Set(row.held);
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
  return { outcomes, databaseNow: row.database_now };
}

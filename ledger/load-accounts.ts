import { type LoadedAccount, type Lookup, type SnapshotRow, snapshotFromRow } from './account-snapshot.ts';
import { parametersOf } from './columns.ts';
import { loadStatement, lookupColumns } from './load-statement.ts';
import type { Queryable } from './pool.ts';

type Row = SnapshotRow & { readonly item: number; readonly database_now: number };

export type Loaded = {
  readonly accounts: readonly (LoadedAccount | null)[];
  /** The database's clock, null where no row told it. */
  readonly databaseNow: number | null;
};

/** Several accounts, each with all that a decision reads, in one statement. Null: no such app or session. */
export async function loadAccounts(db: Queryable, lookups: readonly Lookup[]): Promise<Loaded> {
  const { rows } = await db.query<Row>({
    ...loadStatement(lookups),
    values: [
      ...parametersOf(
        lookupColumns,
        lookups.map((of, item) => ({ item, of })),
      ),
    ],
  });
  const accounts: (LoadedAccount | null)[] = lookups.map(() => null);
  for (const row of rows) {
    const lookup = lookups[row.item];
    if (lookup !== undefined) accounts[row.item] = snapshotFromRow(row, lookup.app_id, row.database_now);
  }
  return { accounts, databaseNow: rows.at(-1)?.database_now ?? null };
}

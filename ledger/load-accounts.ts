import {
  type LoadedAccount,
  type Lookup,
  type SnapshotRow,
  lookupColumns,
  snapshotFromRow,
  snapshotOf,
} from './account-snapshot.ts';
import type { Queryable } from './pool.ts';

const loadStatement = `
with asked as materialized (
  select * from json_to_recordset($1) as a(item integer, ${lookupColumns})
)
select q.item, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as database_now, snapshot.*
from asked q cross join lateral (${snapshotOf('q')}) snapshot`;

type Row = SnapshotRow & { readonly item: number; readonly database_now: number };

export type Loaded = {
  readonly accounts: readonly (LoadedAccount | null)[];
  /** The database's clock, null where no row told it. */
  readonly databaseNow: number | null;
};

/** Several accounts, each with all that a decision reads, in one statement. Null: no such app or session. */
export async function loadAccounts(db: Queryable, lookups: readonly Lookup[]): Promise<Loaded> {
  const asked = lookups.map((lookup, item) => ({ item, ...lookup }));
  const { rows } = await db.query<Row>({
    name: 'load-accounts',
    text: loadStatement,
    values: [JSON.stringify(asked)],
  });
  const accounts: (LoadedAccount | null)[] = lookups.map(() => null);
  for (const row of rows) {
    const lookup = lookups[row.item];
    if (lookup !== undefined) accounts[row.item] = snapshotFromRow(row, lookup.app_id, row.database_now);
  }
  return { accounts, databaseNow: rows.at(-1)?.database_now ?? null };
}

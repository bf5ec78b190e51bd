/**
 * Many rows as one array per column, the form in which Postgres takes them fastest: `unnest` of an array costs a
 * fraction of parsing the same row as JSON (docs/benchmarks.md). A column is named once; the statement and its
 * parameters both come from the list.
 */
export type Column<Item> = {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (item: Item) => Value;
};

/** `instant`: milliseconds; `json`: anything; `texts`, `bigints`, `smallints`: an array in each row. */
type ColumnType =
  'text' | 'integer' | 'bigint' | 'smallint' | 'boolean' | 'date' | 'instant' | 'json' | ListType;
type ListType = 'texts' | 'bigints' | 'smallints';
type Value = string | number | boolean | null | undefined | object;

/** How a column travels, and how it is read once it is there. */
const travels: Readonly<
  Record<ColumnType, { readonly as: string; readonly read: (name: string) => string }>
> = {
  text: { as: 'text[]', read: (name) => name },
  integer: { as: 'integer[]', read: (name) => name },
  bigint: { as: 'bigint[]', read: (name) => name },
  smallint: { as: 'smallint[]', read: (name) => name },
  boolean: { as: 'boolean[]', read: (name) => name },
  date: { as: 'date[]', read: (name) => name },
  instant: { as: 'bigint[]', read: (name) => `to_timestamp(${name} / 1000.0::float8)` },
  json: { as: 'text[]', read: (name) => `${name}::jsonb` },
  texts: { as: 'text[]', read: (name) => `${name}::text[]` },
  bigints: { as: 'text[]', read: (name) => `${name}::bigint[]` },
  smallints: { as: 'text[]', read: (name) => `${name}::smallint[]` },
};

export const namesOf = <Item>(columns: readonly Column<Item>[]): string =>
  columns.map(({ name }) => name).join(', ');

/**
 * The rows as a table named `name`: `item`, then the columns as they travel. Its parameters are `$first` and those after it.
 * Unnested side by side in a select and not as one function in `from`, which would fill a store for each column before the
 * first row is read: 4.8 instead of 7.2 µs a usage event.
 */
export function rowsOf<Item>(name: string, columns: readonly Column<Item>[], first: number): string {
  const arrays = columns.map(
    (column, index) => `unnest($${first + 1 + index}::${travels[column.type].as}) as ${column.name}`,
  );
  return `(select unnest($${first}::integer[]) as item, ${arrays.join(', ')}) as ${name}`;
}

/** The columns of the table `name` as they are stored: after a join, so that only rows that are kept are converted. */
export const readFrom = <Item>(name: string, columns: readonly Column<Item>[]): readonly string[] =>
  columns.map((column) => travels[column.type].read(`${name}.${column.name}`));

/** The same, each under its own name. */
export const readByName = <Item>(name: string, columns: readonly Column<Item>[]): string =>
  readFrom(name, columns)
    .map((read, index) => `${read} as ${columns[index]?.name}`)
    .join(', ');

/**
 * True for rows whose item stands in `table`. Written so that Postgres looks it up in a hash: it takes every such table for
 * one row, and as a join would compare each row with each of them (half the time of a statement of 64 accounts).
 */
export const isAmong = (item: string, table: string): string =>
  `(${item} in (select item from ${table})) is true`;

/** How many parameters the rows of these columns take. */
export const widthOf = <Item>(columns: readonly Column<Item>[]): number => columns.length + 1;

const special = /["\\]/;
const quoted = (text: string): string =>
  special.test(text) ? `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"` : `"${text}"`;

function listLiteral(values: readonly unknown[]): string {
  return `{${values.map((value) => (typeof value === 'string' ? quoted(value) : String(value))).join(',')}}`;
}

/** Numbers, dates and booleans are written as they are; all else is quoted. */
const plainTypes: ReadonlySet<ColumnType> = new Set([
  'integer',
  'bigint',
  'smallint',
  'instant',
  'boolean',
  'date',
]);

function literal(type: ColumnType, value: Value): string {
  if (value === null || value === undefined) return 'NULL';
  if (plainTypes.has(type)) return `${value as number}`;
  if (type === 'text') return quoted(value as string);
  return quoted(type === 'json' ? JSON.stringify(value) : listLiteral(value as readonly unknown[]));
}

/** A row of a commit: which decision it belongs to, and the thing itself. */
export type ItemRow<Item> = { readonly item: number; readonly of: Item };

/** Arrays that are shorter than `item`'s are filled up with nulls, so a column of nothing else need not be sent. */
const onlyNulls = '{}';

function arrayOf<Item>({ type, of }: Column<Item>, rows: readonly ItemRow<Item>[]): string {
  let elements = '';
  let isEmpty = true;
  for (const row of rows) {
    const value = of(row.of);
    if (value !== null && value !== undefined) isEmpty = false;
    elements += elements === '' ? literal(type, value) : `,${literal(type, value)}`;
  }
  return isEmpty ? onlyNulls : `{${elements}}`;
}

/** The parameters that `rowsOf` asks for, in its order. */
export function parametersOf<Item>(
  columns: readonly Column<Item>[],
  rows: readonly ItemRow<Item>[],
): readonly string[] {
  return [`{${rows.map(({ item }) => item).join(',')}}`, ...columns.map((column) => arrayOf(column, rows))];
}

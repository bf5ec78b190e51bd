import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Column, parametersOf, readByName, rowsOf } from '../../ledger/columns.ts';
import { chosenSeed, report } from '../properties/seed.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';

/** One of each way to travel. */
type Stored = {
  readonly words: string | null;
  readonly small: number | null;
  readonly whole: number | null;
  readonly large: number | null;
  readonly isSo: boolean | null;
  readonly day: string | null;
  readonly at: number | null;
  readonly anything: unknown;
  readonly texts: readonly string[] | null;
  readonly smalls: readonly number[] | null;
  readonly larges: readonly number[] | null;
};

const columns: readonly Column<Stored>[] = [
  { name: 'words', type: 'text', of: ({ words }) => words },
  { name: 'small', type: 'smallint', of: ({ small }) => small },
  { name: 'whole', type: 'integer', of: ({ whole }) => whole },
  { name: 'large', type: 'bigint', of: ({ large }) => large },
  { name: 'is_so', type: 'boolean', of: ({ isSo }) => isSo },
  { name: 'day', type: 'date', of: ({ day }) => day },
  { name: 'at', type: 'instant', of: ({ at }) => at },
  { name: 'anything', type: 'json', of: ({ anything }) => anything as object | null },
  { name: 'texts', type: 'texts', of: ({ texts }) => texts },
  { name: 'smalls', type: 'smallints', of: ({ smalls }) => smalls },
  { name: 'larges', type: 'bigints', of: ({ larges }) => larges },
];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Back = Readonly<Record<string, unknown>> & { readonly item: number };

/** The rows as Postgres has them after the way there; instants as milliseconds, days as they are written. */
async function thereAndBack(rows: readonly Stored[]): Promise<readonly Back[]> {
  const names = columns.map(({ name }) => name);
  const shown: Readonly<Record<string, string>> = {
    at: '(extract(epoch from at) * 1000)::bigint as at',
    day: 'day::text as day',
    // As the ledger reads arrays of its own: within JSON.
    larges: 'to_json(larges) as larges',
  };
  const { rows: back } = await database.ledger.pool.query<Back>(
    `select item, ${names.map((name) => shown[name] ?? name).join(', ')}
     from (select n.item, ${readByName('n', columns)} from ${rowsOf('n', columns, 1)}) as stored order by item`,
    [
      ...parametersOf(
        columns,
        rows.map((of, item) => ({ item, of })),
      ),
    ],
  );
  return back;
}

const asRow = ({ isSo, ...stored }: Stored, item: number): Back => ({ item, is_so: isSo, ...stored });

const orNull = <Value>(of: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(of, { freq: 3 });
/** What Postgres stores as text is everything but NUL and halves of pairs; what an array would take for its own is likelier. */
const words = fc.oneof(
  fc.constantFrom('', 'NULL', 'null', ',', '{}', '{"a","b"}', '"', '\\', '\\"', ' ', "'", '\n'),
  fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\u0000')),
);
const small = fc.integer({ min: -32_768, max: 32_767 });
const safe = fc.maxSafeInteger();
// Plain keys: JSON.parse of Node 24.21 may take an escaped key, such as "\n", for a backslash (nodejs/node#63785).
const json = fc.record({
  said: words,
  list: fc.array(fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null)), { maxLength: 4 }),
});
const instants = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2200-01-01T00:00:00Z'),
  noInvalidDate: true,
});

const stored: fc.Arbitrary<Stored> = fc.record({
  words: orNull(words),
  small: orNull(small),
  whole: orNull(fc.integer()),
  large: orNull(safe),
  isSo: orNull(fc.boolean()),
  day: orNull(instants.map((at) => at.toISOString().slice(0, 10))),
  at: orNull(instants.map((at) => at.getTime())),
  anything: orNull(json),
  texts: orNull(fc.array(words, { maxLength: 4 })),
  smalls: orNull(fc.array(small, { maxLength: 4 })),
  larges: orNull(fc.array(safe, { maxLength: 4 })),
});

test('rows arrive in Postgres as they were sent, whatever they hold and wherever they hold nothing', async () => {
  const seed = chosenSeed();
  report(`rows as columns: STIPEND_SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(fc.array(stored, { maxLength: 12 }), async (rows) => {
      expect(await thereAndBack(rows)).toEqual(rows.map(asRow));
    }),
    { seed, numRuns: 500 },
  );
});

test('a column of nothing but nulls is not sent, and is null in every row', async () => {
  const nothing: Stored = {
    words: null,
    small: null,
    whole: null,
    large: null,
    isSo: null,
    day: null,
    at: null,
    anything: null,
    texts: null,
    smalls: null,
    larges: null,
  };
  expect(
    parametersOf(
      columns,
      [nothing, { ...nothing, words: '' }].map((of, item) => ({ item, of })),
    ),
  ).toEqual(['{0,1}', '{NULL,""}', ...columns.slice(1).map(() => '{}')]);
  expect(await thereAndBack([nothing, nothing])).toEqual([asRow(nothing, 0), asRow(nothing, 1)]);
});

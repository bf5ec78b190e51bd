import { type Bench, atLeast, compare, rowOf } from '../context.ts';
import { type Pair, type Side, medianOf } from '../pairs.ts';
import { figure } from '../table.ts';
import type { Row, Table } from '../result.ts';
import { startStipend } from '../stipend.ts';
import { userName } from '../load/users.ts';
import { verifyLedger } from '../verify.ts';
import { type StipendBench, figuresOf, newPrefix } from './sides.ts';

/** Callers at once: one that ships what it has gathered, a few, and as many as the other measures have. */
const callers = [1, 4, 16] as const;
const most = Math.max(...callers);
export const batch = 500;
const users = 1_000;

/** A session for each of a leg's users, started through the API. */
async function openSessions(bench: StipendBench, prefix: string): Promise<readonly string[]> {
  const { stipend, generator } = bench;
  await stipend.addAccounts('roomy', prefix, 0, users);
  await generator.run({
    port: stipend.server.port,
    key: stipend.key,
    connections: most,
    seconds: null,
    pace: { kind: 'closed' },
    seed: 1,
    traffic: {
      kind: 'start',
      before: '/v1/users/',
      after: '/sessions',
      prefix,
      count: users,
      spread: 'each-once',
    },
  });
  await stipend.db.query('analyze');
  const { rows } = await stipend.db.query<{ session_id: string }>(
    'select session_id from sessions where user_id between $1 and $2 order by user_id',
    [userName(prefix, 0), userName(prefix, users - 1)],
  );
  return rows.map((row) => row.session_id);
}

type UsageLeg = {
  readonly connections: number;
  /** Events of a call; null: one, by the route of its session. */
  readonly size: number | null;
};

export function usageSide(
  bench: StipendBench,
  { connections, size }: UsageLeg,
  onWarm: () => Promise<void> = async () => {},
): Side {
  const { stipend, generator, seconds } = bench;
  return {
    name: size === null ? 'single' : 'batches',
    leg: async (number) => {
      const prefix = newPrefix();
      const sessions = await openSessions(bench, prefix);
      await onWarm();
      const result = await generator.run({
        port: stipend.server.port,
        key: stipend.key,
        connections,
        seconds,
        pace: { kind: 'closed' },
        seed: number,
        traffic: { kind: 'usage', sessions, batch: size, run: prefix },
      });
      await verifyLedger(stipend.db);
      const { rows } = await stipend.db.query<{ counted: number }>(
        'select count(*)::int as counted from usage_events where event_id like $1',
        [`${prefix}%`],
      );
      if (rows[0]?.counted !== result.done)
        throw new Error(
          `${result.done} usage events were answered and ${rows[0]?.counted} are in the ledger`,
        );
      return figuresOf(result);
    },
  };
}

/** The same rows into a table of the same shape, by one COPY from a file of the server's: rows a second. */
async function copyOfTheSameRows({ stipend: { db } }: StipendBench): Promise<number> {
  const { rows } = await db.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
  const file = `${rows[0]?.folder}/bench-usage-events.copy`;
  const copied = await db.query(`copy (select * from usage_events limit 200000) to '${file}'`);
  await db.query('create table copied_events (like usage_events including all)');
  const from = performance.now();
  await db.query(`copy copied_events from '${file}'`);
  const seconds = (performance.now() - from) / 1000;
  await db.query('drop table copied_events');
  return (copied.rowCount ?? 0) / seconds;
}

const pairsOf = (bench: Bench, benched: StipendBench, connections: number): Promise<readonly Pair[]> =>
  compare(
    bench,
    `usage ingest, ${connections} at once`,
    usageSide(benched, { connections, size: batch }),
    usageSide(benched, { connections, size: null }),
  );

function rowsOf(pairs: readonly Pair[], connections: number): readonly Row[] {
  const who = connections === 1 ? 'one caller' : `${connections} callers`;
  return [
    rowOf(`events/s, ${who}`, pairs, 'rps', '', connections === most ? null : atLeast(10)),
    rowOf(`p99 of a call, ${who}`, pairs, 'p99', ' ms', null),
  ];
}

/**
 * In a database of its own, whatever was measured before; and what the measures before have left to autovacuum is done
 * first: batches leave no processor idle for it, and single calls do.
 */
export async function measureIngest(bench: Bench): Promise<Table> {
  await bench.stipend.db.query('vacuum');
  await bench.baseline.db.query('vacuum');
  const stipend = await startStipend(bench.postgres, { database: 'ingest' });
  try {
    const benched = { stipend, generator: bench.generator, seconds: bench.options.seconds };
    const rows: Row[] = [];
    let perSecond = 0;
    for (const connections of callers) {
      const pairs = await pairsOf(bench, benched, connections);
      rows.push(...rowsOf(pairs, connections));
      perSecond = medianOf(pairs, 'ours', 'rps');
    }
    const copied = await copyOfTheSameRows(benched);
    return {
      title: 'Usage events',
      columns: [`${batch} a call`, 'one a call'],
      rows,
      notes: [
        `COPY of the same rows, indexes and all: ${figure(copied)} rows/s; ingest in batches from ${most} callers is ${figure(perSecond / copied)} of it.`,
        `A caller sends its next call when it has the answer. Single events of callers at once share statements as well, so that the single path is batched too (docs/decisions/0020).`,
      ],
    };
  } finally {
    await stipend.stop();
  }
}

import type { Pool } from 'pg';
import type { Bench } from '../context.ts';
import { cpuSeconds, cpuSecondsOfFamily } from '../cpu.ts';
import type { LoadPlan, LoadResult } from '../load/plan.ts';
import type { Row, Table } from '../result.ts';
import type { ServerProcess } from '../server-process.ts';
import { startStipend } from '../stipend.ts';
import { figure } from '../table.ts';
import { verifyLedger } from '../verify.ts';
import { startWireProxy } from '../wire/proxy.ts';
import { newPrefix } from './sides.ts';

const connections = 16;

type Counts = {
  readonly roundTrips: number;
  readonly walBytes: number;
  readonly walImages: number;
  readonly serverCpu: number;
  readonly postgresCpu: number;
  readonly hotShare: number;
};

type Reading = { readonly lsn: string; readonly updates: number; readonly hot: number };

async function read(db: Pool): Promise<Reading> {
  const { rows } = await db.query<Reading>(
    `select pg_current_wal_lsn()::text as lsn, coalesce(sum(n_tup_upd), 0)::float8 as updates,
       coalesce(sum(n_tup_hot_upd), 0)::float8 as hot
     from pg_stat_user_tables`,
  );
  return rows[0] ?? { lsn: '0/0', updates: 0, hot: 0 };
}

/** Bytes of records, and of the page images that the first change after a checkpoint adds. */
async function walSince(
  db: Pool,
  from: string,
): Promise<{ readonly records: number; readonly images: number }> {
  await db.query('select pg_switch_wal()');
  const { rows } = await db.query<{ records: number; images: number }>(
    `select coalesce(sum(record_size), 0)::float8 as records, coalesce(sum(fpi_size), 0)::float8 as images
     from pg_get_wal_stats($1::pg_lsn, pg_current_wal_flush_lsn())`,
    [from],
  );
  return rows[0] ?? { records: Number.NaN, images: Number.NaN };
}

async function count(
  bench: Bench,
  server: ServerProcess,
  db: Pool,
  run: () => Promise<LoadResult>,
  roundTrips: () => number,
): Promise<Counts> {
  const before = await read(db);
  const cpuBefore = [cpuSeconds(server.pid), cpuSecondsOfFamily(bench.postgres.pid)] as const;
  const tripsBefore = roundTrips();
  const { answered } = await run();
  const trips = roundTrips() - tripsBefore;
  const cpu = [cpuSeconds(server.pid), cpuSecondsOfFamily(bench.postgres.pid)] as const;
  // The counters of a backend arrive when it has been idle for a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const after = await read(db);
  const wal = await walSince(db, before.lsn);
  return {
    roundTrips: trips / answered,
    walBytes: wal.records / answered,
    walImages: wal.images / answered,
    serverCpu: ((cpu[0] - cpuBefore[0]) * 1e6) / answered,
    postgresCpu: ((cpu[1] - cpuBefore[1]) * 1e6) / answered,
    hotShare: (after.hot - before.hot) / Math.max(1, after.updates - before.updates),
  };
}

const plain = (name: string, ours: number, theirs: number, unit = ''): Row => ({
  name,
  ours: Number.isNaN(ours) ? '–' : `${figure(ours)}${unit}`,
  theirs: Number.isNaN(theirs) ? '–' : `${figure(theirs)}${unit}`,
  ratio: null,
  noise: null,
  goal: null,
});

async function ofStipend(bench: Bench) {
  const { generator, options } = bench;
  const proxy = await startWireProxy(bench.postgres.port);
  const stipend = await startStipend(bench.postgres, { database: 'counted', throughPort: proxy.port });
  try {
    const prefix = newPrefix();
    await stipend.addAccounts('roomy', prefix, 0, options.users);
    await stipend.db.query('analyze');
    const traffic = {
      kind: 'start',
      before: '/v1/users/',
      after: '/sessions',
      prefix,
      count: options.users,
    } as const;
    const plan = (spread: 'each-once' | 'uniform', at: number, seconds: number | null): LoadPlan => ({
      port: stipend.server.port,
      key: stipend.key,
      connections: at,
      seconds,
      pace: { kind: 'closed' },
      seed: 1,
      traffic: { ...traffic, spread },
    });
    const measure = (load: LoadPlan) =>
      count(bench, stipend.server, stipend.db, () => generator.run(load), proxy.roundTrips);
    bench.say('counters: Stipend');
    const strangers = newPrefix();
    await stipend.addAccounts('roomy', strangers, 0, 300);
    const first = await measure({
      ...plan('each-once', 1, null),
      traffic: { ...traffic, prefix: strangers, count: 300, spread: 'each-once' },
    });
    const cold = await measure(plan('each-once', connections, null));
    await stipend.db.query('analyze');
    const alone = await measure(plan('uniform', 1, Math.min(5, options.seconds)));
    const warm = await measure(plan('uniform', connections, options.seconds));
    await verifyLedger(stipend.db);
    return { first, cold, alone, warm };
  } finally {
    await stipend.stop();
    await proxy.stop();
  }
}

async function ofBaseline(bench: Bench): Promise<Counts> {
  const { generator, baseline, options } = bench;
  bench.say('counters: baseline');
  const prefix = newPrefix();
  await baseline.addUsers(prefix, 0, options.users, 1_000_000);
  await baseline.db.query('analyze');
  const traffic = {
    kind: 'start',
    before: '/users/',
    after: '/sessions',
    prefix,
    count: options.users,
  } as const;
  const plan: LoadPlan = {
    port: baseline.server.port,
    key: null,
    connections,
    seconds: null,
    pace: { kind: 'closed' },
    seed: 1,
    traffic: { ...traffic, spread: 'each-once' },
  };
  await generator.run(plan);
  const timed = { ...plan, seconds: options.seconds, traffic: { ...traffic, spread: 'uniform' } } as const;
  return count(
    bench,
    baseline.server,
    baseline.db,
    () => generator.run(timed),
    () => Number.NaN,
  );
}

/** CPU of a request that does nothing, in Express: what HTTP alone costs on this machine. */
async function ofHello({ generator, baseline, options }: Bench): Promise<number> {
  const plan: LoadPlan = {
    port: baseline.server.port,
    key: null,
    connections,
    seconds: options.seconds,
    pace: { kind: 'closed' },
    seed: 1,
    traffic: { kind: 'get', path: '/hello' },
  };
  await generator.run({ ...plan, seconds: 2 });
  const before = cpuSeconds(baseline.server.pid);
  const { answered } = await generator.run(plan);
  return ((cpuSeconds(baseline.server.pid) - before) * 1e6) / answered;
}

export async function measureCounters(bench: Bench): Promise<Table> {
  const { first, cold, alone, warm } = await ofStipend(bench);
  const baseline = await ofBaseline(bench);
  const hello = await ofHello(bench);
  return {
    title: `What one admission costs, ${connections} connections`,
    columns: ['Stipend', 'baseline'],
    rows: [
      plain('round trips, warm, one connection', alone.roundTrips, 5),
      plain('round trips, cold, one connection', first.roundTrips, 5),
      plain(`round trips, warm, ${connections} connections`, warm.roundTrips, 5),
      plain(`round trips, cold, ${connections} connections`, cold.roundTrips, 5),
      plain('WAL, records', warm.walBytes, baseline.walBytes, ' B'),
      plain('WAL, page images', warm.walImages, baseline.walImages, ' B'),
      plain('updates that touch no index (HOT)', 100 * warm.hotShare, 100 * baseline.hotShare, ' %'),
      plain('CPU of the server', warm.serverCpu, baseline.serverCpu, ' µs'),
      plain('CPU of Postgres', warm.postgresCpu, baseline.postgresCpu, ' µs'),
      plain('CPU of the server ÷ Express hello', warm.serverCpu / hello, baseline.serverCpu / hello),
    ],
    notes: [
      `Express hello: ${figure(hello)} µs. Round trips are counted between the API and Postgres (every Sync and simple query); the baseline's five are begin, select, insert, update, commit. Cold: the first request of each account in this process.`,
    ],
  };
}

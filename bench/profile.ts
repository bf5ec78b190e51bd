import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { exitWith } from '../local/plain-error.ts';
import { cpuSeconds, cpuSecondsOfFamily } from './cpu.ts';
import { type CpuProfile, type SelfTime, selfTimes } from './cpu-profile.ts';
import { startLoadGenerator } from './load/generator.ts';
import { seedAccounts, visitSide } from './measures/growth.ts';
import { batch, usageSide } from './measures/ingest.ts';
import { stipendSide } from './measures/sides.ts';
import { startBenchPostgres } from './postgres.ts';
import { startStipend } from './stipend.ts';
import { figure } from './table.ts';

type Options = {
  readonly traffic: 'admissions' | 'usage' | 'visits';
  readonly seconds: string;
  readonly connections: string;
  readonly accounts: string;
};

const show = (title: string, times: readonly SelfTime[]): void => {
  console.log(`\n${title}`);
  for (const { name, share } of times) console.log(`${(share * 100).toFixed(1).padStart(6)} %  ${name}`);
};

async function load(folder: string, options: Options): Promise<void> {
  const [seconds, connections, accounts] = [options.seconds, options.connections, options.accounts].map(
    Number,
  ) as [number, number, number];
  const postgres = await startBenchPostgres();
  const generator = startLoadGenerator();
  const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  const stipend = await startStipend(postgres, { database: 'stipend', nodeOptions });
  try {
    let api = 0;
    let database = 0;
    const onWarm = async (): Promise<void> => {
      await stipend.db.query('select pg_stat_statements_reset()');
      api = cpuSeconds(stipend.server.pid);
      database = cpuSecondsOfFamily(postgres.pid);
    };
    if (options.traffic === 'visits') await seedAccounts(stipend, accounts, console.log);
    const leg = {
      connections,
      seconds,
      users: 12_000,
      exhaustedShare: 0.2,
      pace: { kind: 'closed' } as const,
    };
    const bench = { stipend, generator, seconds };
    const sideOf = (warmed?: () => Promise<void>) =>
      ({
        admissions: () => stipendSide(generator, stipend, leg, warmed),
        usage: () => usageSide(bench, { connections, size: batch }, warmed),
        visits: () => visitSide(bench, { connections, accounts, spread: 'uniform', calls: 0 }, warmed),
      })[options.traffic]();
    await sideOf().leg(0);
    const { rps = 0, p50 = 0, p99 = 0 } = await sideOf(onWarm).leg(1);
    const each = (cpu: number): string => figure((cpu * 1e6) / (rps * seconds));
    console.log(`${figure(rps)} requests/s, p50 ${figure(p50)} ms, p99 ${figure(p99)} ms`);
    console.log(
      `CPU µs a request: API ${each(cpuSeconds(stipend.server.pid) - api)}, Postgres ${each(cpuSecondsOfFamily(postgres.pid) - database)} (checks of the ledger included)`,
    );
    const { rows } = await stipend.db.query(
      `select calls, round(mean_exec_time::numeric, 3)::text as ms, shared_blks_hit / calls as blocks,
         (wal_bytes / calls)::int as wal, round(wal_fpi::numeric / calls, 2)::text as images, left(regexp_replace(query, '\\s+', ' ', 'g'), 70) as statement
       from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
       order by total_exec_time desc limit 6`,
    );
    console.table(rows);
  } finally {
    generator.stop();
    await stipend.stop();
    await postgres.stop();
  }
}

async function profile(options: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-profile-'));
  await load(folder, options);
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error('the API wrote no profile');
  const { places, functions } = selfTimes(JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile);
  show('Self time by package or file', places);
  show('Self time by function', functions);
  rmSync(folder, { recursive: true });
}

new Command('npm run bench:profile --')
  .description(
    "Shows where the time of the API and of Postgres goes, by Node's profiler and pg_stat_statements.",
  )
  .addOption(
    new Option('--traffic <kind>', 'sessions started, batches of usage, or sessions started and ended')
      .choices(['admissions', 'usage', 'visits'])
      .default('admissions'),
  )
  .option('--seconds <number>', 'for how long', '10')
  .option('--connections <number>', 'requests at a time', '64')
  .option('--accounts <number>', 'whom visits are drawn from', '1000')
  .action(profile)
  .parseAsync()
  .then(() => process.exit(), exitWith);

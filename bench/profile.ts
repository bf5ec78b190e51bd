import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitWith } from '../local/plain-error.ts';
import { cpuSeconds, cpuSecondsOfFamily } from './cpu.ts';
import { type CpuProfile, type SelfTime, selfTimes } from './cpu-profile.ts';
import { startLoadGenerator } from './load/generator.ts';
import { batch, usageSide } from './measures/ingest.ts';
import { stipendSide } from './measures/sides.ts';
import { startBenchPostgres } from './postgres.ts';
import { startStipend } from './stipend.ts';
import { figure } from './table.ts';

/** `npm run bench:profile -- [seconds] [connections] [usage]`: where the API's time goes under admissions, or batches of usage. */
const [seconds = 10, connections = 64] = process.argv.slice(2, 4).map(Number);
const isUsage = process.argv[4] === 'usage';

const show = (title: string, times: readonly SelfTime[]): void => {
  console.log(`\n${title}`);
  for (const { name, share } of times) console.log(`${(share * 100).toFixed(1).padStart(6)} %  ${name}`);
};

async function load(folder: string): Promise<void> {
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
    const leg = {
      connections,
      seconds,
      users: 3_000,
      exhaustedShare: 0.2,
      pace: { kind: 'closed' } as const,
    };
    const sideOf = (warmed?: () => Promise<void>) =>
      isUsage
        ? usageSide({ stipend, generator, seconds }, 'usage', batch, warmed)
        : stipendSide(generator, stipend, leg, warmed);
    await sideOf().leg(0);
    const { rps = 0, p50 = 0, p99 = 0 } = await sideOf(onWarm).leg(1);
    const each = (cpu: number): string => figure((cpu * 1e6) / (rps * seconds));
    console.log(`${figure(rps)} requests/s, p50 ${figure(p50)} ms, p99 ${figure(p99)} ms`);
    console.log(
      `CPU µs a request: API ${each(cpuSeconds(stipend.server.pid) - api)}, Postgres ${each(cpuSecondsOfFamily(postgres.pid) - database)} (checks of the ledger included)`,
    );
    const { rows } = await stipend.db.query(
      `select calls, round(mean_exec_time::numeric, 3)::text as ms, shared_blks_hit / calls as blocks,
         (wal_bytes / calls)::int as wal, left(regexp_replace(query, '\\s+', ' ', 'g'), 70) as statement
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

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-profile-'));
  await load(folder);
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error('the API wrote no profile');
  const { places, functions } = selfTimes(JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile);
  show('Self time by package or file', places);
  show('Self time by function', functions);
  rmSync(folder, { recursive: true });
}

main().then(() => process.exit(), exitWith);

import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../local/ports.ts';
import { startPostgres } from '../local/postgres.ts';

export type BenchPostgres = {
  readonly url: (database: string) => string;
  readonly port: number;
  readonly createDatabase: (name: string) => Promise<string>;
  /** Of the postmaster; the connections' processes are its children. */
  readonly pid: number;
  /** What decides what a commit costs, as the server reports it. */
  readonly settings: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
};

/** A quarter of the machine's, as Postgres' manual advises: what it begins with is made to start anywhere. */
const memoryForPages = (): string => `${Math.floor(totalmem() / 4 / 2 ** 20)}MB`;

/** Of 16 MB each: what the legs of admissions write. */
const walFiles = 256;
/** Durable as in production; only checkpoints are kept out of the legs. */
const longCheckpoints = [
  `min_wal_size = '${walFiles * 16}MB'`,
  "max_wal_size = '8GB'",
  "checkpoint_timeout = '30min'",
];
const reported = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'min_wal_size',
  'max_wal_size',
  'checkpoint_timeout',
  'autovacuum',
];
const required = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

/**
 * A cluster that has run for a while writes into the files of old WAL; a new one makes each file first, and all commits wait
 * 40 ms for it, every four seconds at full load.
 */
async function makeWalFiles(client: Client): Promise<void> {
  await client.query(
    `do $$ begin
       for file in 1..${walFiles} loop
         perform pg_logical_emit_message(false, 'bench', '');
         perform pg_switch_wal();
       end loop;
     end $$`,
  );
  await client.query('checkpoint');
}

async function configure(url: string): Promise<Readonly<Record<string, string>>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const setting of longCheckpoints) await client.query(`alter system set ${setting}`);
    await client.query('select pg_reload_conf(), pg_sleep(0.2)');
    await makeWalFiles(client);
    const { rows } = await client.query<{ name: string; value: string }>(
      'select name, current_setting(name) as value from unnest($1::text[]) as name',
      [reported],
    );
    const settings = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    for (const [name, value] of Object.entries(required)) {
      if (settings[name] !== value)
        throw new Error(`${name} is ${settings[name]}: the figures would not be those of durable commits`);
    }
    return settings;
  } finally {
    await client.end();
  }
}

/**
 * A cluster of the bench's own. Not started as `throwAway`: that switches fsync and full-page writes off, and a commit
 * would then cost less than it does.
 */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-bench-'));
  // Postgres' own user must pass through it.
  chmodSync(folder, 0o711);
  const port = await freePort();
  const postgres = await startPostgres({
    dataDir: join(folder, 'pg', 'data'),
    port,
    throwAway: false,
    sharedBuffers: memoryForPages(),
  });
  const settings = await configure(postgres.url('postgres'));
  return {
    url: postgres.url,
    port,
    createDatabase: async (name) => {
      await postgres.createDatabase(name);
      return postgres.url(name);
    },
    pid: Number(readFileSync(join(postgres.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]),
    settings,
    stop: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

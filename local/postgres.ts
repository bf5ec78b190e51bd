import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startTimeOf } from './leftovers.ts';
import { importEmbeddedPostgres, reachableDataFolder, runsAsRoot } from './postgres-user.ts';
import { waitUntil } from './wait-until.ts';

export type LocalPostgres = {
  readonly port: number;
  readonly dataDir: string;
  readonly url: (database: string) => string;
  readonly createDatabase: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type PostgresOptions = {
  readonly dataDir: string;
  readonly port: number;
  /** Throw-away clusters skip fsync; data that outlives the process never does. */
  readonly throwAway: boolean;
  /** Its own memory for pages, as `2GB`; without it what Postgres begins with, 128 MB. */
  readonly sharedBuffers?: string;
  readonly onLog?: (line: string) => void;
};

const user = 'postgres';
// Loopback only, and the folder is private: the password guards against nothing but a wrong port.
const password = 'stipend';

export const postgresUrl = (port: number, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

/** A cluster whose initdb was cut off has no version file yet; it holds nothing and is made anew. */
function dropHalfMade(dataDir: string): boolean {
  const isNew = !existsSync(join(dataDir, 'PG_VERSION'));
  if (isNew) rmSync(dataDir, { recursive: true, force: true });
  return isNew;
}

/** A postmaster of this very folder that outlived its parent is asked to end before a new one starts. */
async function endLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const isOurs = (): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataDir);
    } catch {
      return false;
    }
  };
  if (startTimeOf(pid) === null || !isOurs()) {
    rmSync(pidFile, { force: true });
    return;
  }
  process.kill(pid, 'SIGINT');
  await waitUntil(() => startTimeOf(pid) === null, { timeoutMs: 10_000 });
}

export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const { port } = options;
  const dataDir = reachableDataFolder(options.dataDir);
  mkdirSync(dirname(dataDir), { recursive: true });
  const isNew = dropHalfMade(dataDir);
  await endLeftover(dataDir);
  const log = options.onLog ?? (() => {});
  const EmbeddedPostgres = await importEmbeddedPostgres();
  const server = new EmbeddedPostgres({
    databaseDir: dataDir,
    port,
    user,
    password,
    persistent: !options.throwAway,
    createPostgresUser: runsAsRoot(),
    onLog: (line: unknown) => log(String(line)),
    onError: (line: unknown) => log(String(line)),
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'max_connections=200',
      '-c',
      'timezone=UTC',
      '-c',
      'shared_preload_libraries=pg_stat_statements',
      ...(options.sharedBuffers === undefined ? [] : ['-c', `shared_buffers=${options.sharedBuffers}`]),
      ...(options.throwAway ? ['-c', 'fsync=off', '-c', 'full_page_writes=off'] : []),
    ],
  });
  if (isNew) await server.initialise();
  await server.start();
  return {
    port,
    dataDir,
    url: (database) => postgresUrl(port, database),
    createDatabase: (name) => server.createDatabase(name),
    stop: () => server.stop(),
  };
}

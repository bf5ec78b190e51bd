import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { createApp } from '../../ledger/apps.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { migrate } from '../../ledger/migrate.ts';
import { newSecretKey } from '../../ledger/secret-keys.ts';
import { freePort } from '../../local/ports.ts';
import { findTemporalBinary } from '../../local/temporal-binary.ts';
import { type LocalTemporal, startTemporalServer } from '../../local/temporal-server.ts';
import { copyAccounts, exemptFromFlags } from '../accounts.ts';
import { type LoadGenerator, startLoadGenerator } from '../load/generator.ts';
import type { LoadResult } from '../load/plan.ts';
import { benchPolicy } from '../policy.ts';
import { startBenchPostgres } from '../postgres.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { useAndEnd } from './use-and-end.ts';

/** The whole product, compiled, on this machine, with a sandbox app whose clock can be moved. */
export type LifeStack = {
  readonly db: Pool;
  readonly api: ServerProcess;
  readonly worker: ServerProcess;
  readonly temporal: {
    readonly stop: () => Promise<void>;
    readonly start: () => Promise<void>;
    readonly bytes: () => number;
  };
  readonly post: (path: string, body: unknown) => Promise<{ readonly status: number }>;
  /** Sessions of users who meet no limit, at a fixed rate. */
  readonly load: (perSecond: number, seconds: number) => Promise<LoadResult>;
  /** A session of each user, used and ended: one that nothing is used in is given back. */
  readonly sessionsOfAll: (prefix: string, count: number) => Promise<void>;
  readonly addAccounts: (kind: 'roomy' | 'short', prefix: string, count: number) => Promise<void>;
  /** Workflows that have not acknowledged all they were told. */
  readonly outstanding: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

export const appId = 'life';
const loadUsers = 3_000;

/** Resident memory of a process in megabytes. */
export function residentMb(pid: number): number {
  const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kb ?? 0) / 1024);
}

function temporalIn(folder: string, port: number, binary: string) {
  const file = join(folder, 'temporal.db');
  let running: LocalTemporal | null = null;
  const size = (name: string): number => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  return {
    start: async () => {
      const logFile = join(folder, 'temporal.log');
      running = await startTemporalServer({ binary, port, uiPort: null, dbFilename: file, logFile });
    },
    stop: async () => {
      await running?.stop();
      running = null;
    },
    bytes: () => size(file) + size(`${file}-wal`),
  };
}

async function prepareApp(db: Pool): Promise<string> {
  await createApp(db, { appId, name: 'Life', mode: 'sandbox', policy: benchPolicy });
  return (await issueApiKey(db, { appId, mode: 'sandbox', scopes: ['app'] })).secret;
}

const trafficOf = (prefix: string, count: number) => ({
  kind: 'start' as const,
  before: '/v1/users/',
  after: '/sessions',
  prefix,
  count,
});

export async function startLife(say: (line: string) => void): Promise<LifeStack> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-life-'));
  const postgres = await startBenchPostgres();
  const url = await postgres.createDatabase('stipend');
  await migrate(url);
  const db = new Pool({ connectionString: url, max: 4, application_name: 'bench' });
  db.on('error', () => {});
  const key = await prepareApp(db);
  const temporalPort = await freePort();
  const temporal = temporalIn(folder, temporalPort, await findTemporalBinary(say));
  await temporal.start();
  const shared = {
    DATABASE_URL: url,
    TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
    STIPEND_SECRET_KEY: newSecretKey(),
    LOG_LEVEL: 'error',
  };
  const [apiPort, workerPort] = [await freePort(), await freePort()];
  const start = (name: 'api' | 'worker', port: number, variable: string) =>
    startServer({
      name,
      entry: `../${name}/main.js`,
      port,
      env: { ...shared, [variable]: String(port) },
      givesWay: name === 'worker',
    });
  const api = await start('api', apiPort, 'STIPEND_API_PORT');
  const worker = await start('worker', workerPort, 'STIPEND_WORKER_PORT');
  const generator: LoadGenerator = startLoadGenerator();
  const call = async (method: string, path: string, body: unknown) => {
    const response = await fetch(`http://127.0.0.1:${apiPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    return { status: response.status };
  };
  for (const plan of ['roomy', 'short'] as const)
    await call('PUT', `/v1/users/${plan}`, { plan, time_zone: 'UTC', locale: 'en' });
  await call('PUT', '/v1/users/roomy-fast', { plan: 'roomy', time_zone: 'UTC', locale: 'en' });
  // The load comes back to the same users all the time; the others are each here once.
  await exemptFromFlags(db, 'roomy-fast');
  await copyAccounts(db, 'roomy-fast', { prefix: 'load-', from: 0, to: loadUsers });
  await db.query('analyze');
  const plan = { port: apiPort, key, connections: 32, seed: 1 };
  return {
    db,
    api,
    worker,
    temporal,
    post: (path, body) => call('POST', path, body),
    load: (perSecond, seconds) =>
      generator.run({
        ...plan,
        seconds,
        pace: perSecond === Number.POSITIVE_INFINITY ? { kind: 'closed' } : { kind: 'open', perSecond },
        traffic: { ...trafficOf('load-', loadUsers), spread: 'uniform' },
      }),
    sessionsOfAll: async (prefix, count) => {
      const traffic = { ...trafficOf(prefix, count), spread: 'each-once' as const };
      const started = await generator.run({
        ...plan,
        connections: 16,
        seconds: null,
        pace: { kind: 'closed' },
        traffic,
      });
      if (started.statuses['201'] !== count)
        throw new Error(`of ${count} sessions came ${JSON.stringify(started.statuses)}`);
      await useAndEnd(db, prefix, (path, body) => call('POST', path, body));
    },
    addAccounts: (kind, prefix, count) => copyAccounts(db, kind, { prefix, from: 0, to: count }),
    outstanding: async () => {
      const { rows } = await db.query<{ n: string }>(
        'select count(*) as n from outbox where send_at is not null',
      );
      return Number(rows[0]?.n ?? 0);
    },
    stop: async () => {
      generator.stop();
      await worker.stop();
      await api.stop();
      await temporal.stop();
      await db.end();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

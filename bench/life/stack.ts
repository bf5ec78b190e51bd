import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { migrate } from '../../ledger/migrate.ts';
import { newSecretKey } from '../../ledger/secret-keys.ts';
import { freePort } from '../../local/ports.ts';
import { findTemporalBinary } from '../../local/temporal-binary.ts';
import { type LocalTemporal, startTemporalServer } from '../../local/temporal-server.ts';
import { waitUntil } from '../../local/wait-until.ts';
import { workerMemory } from '../../local/worker-memory.ts';
import { copyAccounts, exemptFromFlags } from '../accounts.ts';
import { cpuSeconds, cpuSecondsOfFamily } from '../cpu.ts';
import { type LoadGenerator, startLoadGenerator } from '../load/generator.ts';
import type { LoadResult } from '../load/plan.ts';
import { startBenchPostgres } from '../postgres.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { type Tenant, createTenant } from './tenant.ts';

/** The whole product, compiled, on this machine, with a sandbox app whose clock can be moved. */
export type LifeStack = {
  readonly db: Pool;
  readonly api: ServerProcess;
  readonly worker: ServerProcess;
  /** CPU seconds that the worker and Postgres have taken so far. */
  readonly cpuOfDelivering: () => number;
  readonly temporal: {
    readonly stop: () => Promise<void>;
    readonly start: () => Promise<void>;
    readonly bytes: () => number;
  };
  readonly tenant: Tenant;
  readonly addTenant: (appId: string) => Promise<Tenant>;
  /** Gives the users of the load their workflows, and waits until these know all. */
  readonly warmUp: () => Promise<void>;
  /** Visits of a call by users who meet no limit, at a fixed rate; timed are their admissions. */
  readonly load: (perSecond: number, seconds: number) => Promise<LoadResult>;
  /** Workflows that have not acknowledged all they were told. */
  readonly outstanding: () => Promise<number>;
  /** All have. */
  readonly settled: () => Promise<void>;
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
      running = await startTemporalServer({
        binary,
        port,
        uiPort: null,
        dbFilename: file,
        logFile,
        givesWay: true,
      });
    },
    stop: async () => {
      await running?.stop();
      running = null;
    },
    bytes: () => size(file) + size(`${file}-wal`),
  };
}

export async function startLife(say: (line: string) => void): Promise<LifeStack> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-life-'));
  const postgres = await startBenchPostgres();
  const url = await postgres.createDatabase('stipend');
  await migrate(url);
  const db = new Pool({ connectionString: url, max: 4, application_name: 'bench' });
  db.on('error', () => {});
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
  const api = await startServer({
    name: 'api',
    entry: '../api/main.js',
    port: apiPort,
    env: { ...shared, STIPEND_API_PORT: String(apiPort) },
  });
  const worker = await startServer({
    name: 'worker',
    entry: '../worker/main.js',
    port: workerPort,
    env: { ...shared, ...workerMemory.env, STIPEND_WORKER_PORT: String(workerPort) },
    nodeOptions: workerMemory.nodeFlags,
    givesWay: true,
  });
  const generator: LoadGenerator = startLoadGenerator();
  let legs = 0;
  const around = { db, apiPort, generator };
  const tenant = await createTenant(appId, around);
  await tenant.call('PUT', '/v1/users/roomy-fast', { plan: 'roomy', time_zone: 'UTC', locale: 'en' });
  // The load comes back to the same users all the time; the others are each here once.
  await exemptFromFlags(db, 'roomy-fast');
  await copyAccounts(db, 'roomy-fast', { prefix: 'load-', from: 0, to: loadUsers });
  await db.query('analyze');
  const outstanding = async (): Promise<number> => {
    const { rows } = await db.query<{ n: string }>(
      'select count(*) as n from outbox where send_at is not null',
    );
    return Number(rows[0]?.n ?? 0);
  };
  const settled = async (): Promise<void> => {
    if (!(await waitUntil(async () => (await outstanding()) === 0, { timeoutMs: 3_600_000, everyMs: 1_000 })))
      throw new Error(`${await outstanding()} workflows have not answered`);
  };
  return {
    db,
    api,
    worker,
    cpuOfDelivering: () => cpuSeconds(worker.pid) + cpuSecondsOfFamily(postgres.pid),
    temporal,
    tenant,
    addTenant: (id) => createTenant(id, around),
    load: (perSecond, seconds) => {
      legs += 1;
      return generator.run({
        port: apiPort,
        key: tenant.key,
        connections: 32,
        // Other users in each leg, the same in each run.
        seed: legs,
        seconds,
        pace: perSecond === Number.POSITIVE_INFINITY ? { kind: 'closed' } : { kind: 'open', perSecond },
        traffic: { kind: 'visit', prefix: 'load-', count: loadUsers, spread: 'uniform', calls: 1 },
      });
    },
    outstanding,
    settled,
    warmUp: async () => {
      await tenant.sessionsOfAll('load-', loadUsers);
      await settled();
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

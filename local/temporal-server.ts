import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { PlainError } from './plain-error.ts';
import { searchAttributeFlags } from './search-attributes.ts';
import { waitUntil } from './wait-until.ts';

export type LocalTemporal = {
  readonly address: string;
  readonly uiUrl: string | null;
  readonly pid: number;
  readonly exited: Promise<number | null>;
  readonly stop: () => Promise<void>;
};

export type TemporalOptions = {
  readonly binary: string;
  readonly port: number;
  /** Null: no web UI. */
  readonly uiPort: number | null;
  /** Null: everything in memory. */
  readonly dbFilename: string | null;
  readonly logFile: string;
  readonly extraArguments?: readonly string[];
};

const host = '127.0.0.1';

function argumentsOf(options: TemporalOptions): string[] {
  const ui = options.uiPort === null ? ['--headless'] : ['--ui-port', String(options.uiPort)];
  const storage = options.dbFilename === null ? [] : ['--db-filename', options.dbFilename];
  return [
    'server',
    'start-dev',
    '--ip',
    host,
    '--port',
    String(options.port),
    '--log-level',
    'warn',
    ...ui,
    ...storage,
    '--sqlite-pragma',
    'journal_mode=wal',
    '--sqlite-pragma',
    'synchronous=normal',
    // One node: a single partition saves a forwarding hop for each task.
    '--dynamic-config-value',
    'matching.numTaskqueueReadPartitions=1',
    '--dynamic-config-value',
    'matching.numTaskqueueWritePartitions=1',
    ...searchAttributeFlags,
    ...(options.extraArguments ?? []),
  ];
}

async function answers(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: '1s' });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return true;
  } finally {
    await connection.close();
  }
}

/** Starts the development server and waits until its default namespace answers. */
export async function startTemporalServer(options: TemporalOptions): Promise<LocalTemporal> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  // Its own process group: Ctrl-C is the supervisor's to pass on, in order.
  const child = spawn(options.binary, argumentsOf(options), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  let running = true;
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  }).finally(() => {
    running = false;
  });
  const address = `${host}:${options.port}`;
  const ready = await waitUntil(async () => !running || (await answers(address)), {
    timeoutMs: 30_000,
    everyMs: 100,
  });
  if (!ready || !running || child.pid === undefined) {
    child.kill('SIGKILL');
    throw new PlainError(`The Temporal server did not start; see ${options.logFile}.`);
  }
  return {
    address,
    uiUrl: options.uiPort === null ? null : `http://${host}:${options.uiPort}`,
    pid: child.pid,
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      if (!(await waitUntil(() => !running, { timeoutMs: 10_000 }))) child.kill('SIGKILL');
      await exited;
    },
  };
}

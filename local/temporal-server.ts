import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { type Child, startChild } from './child.ts';
import { PlainError } from './plain-error.ts';
import { searchAttributeFlags } from './search-attributes.ts';
import { waitUntil } from './wait-until.ts';

export type LocalTemporal = Child & {
  readonly address: string;
  readonly uiUrl: string | null;
};

export type TemporalOptions = {
  readonly binary: string;
  readonly port: number;
  /** Null: no web UI. */
  readonly uiPort: number | null;
  /** Null: everything in memory. */
  readonly dbFilename: string | null;
  readonly logFile: string;
  /** To the API and Postgres: see `letGiveWay`. */
  readonly givesWay: boolean;
  readonly extraArguments?: readonly string[];
};

const host = '127.0.0.1';

/**
 * It writes 3 MB for a workflow that begins, since lists have an index for each column, and Postgres on the same disk
 * would wait for each time that they are forced down. What a fall of the machine takes is rebuilt from the ledger.
 */
const pragmas = ['journal_mode=wal', 'synchronous=off', 'cache_size=-65536'];

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
    ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
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
  const child = startChild({
    command: options.binary,
    args: argumentsOf(options),
    logFile: options.logFile,
    givesWay: options.givesWay,
  });
  const address = `${host}:${options.port}`;
  const isReady = await waitUntil(async () => !child.isRunning() || (await answers(address)), {
    timeoutMs: 60_000,
    everyMs: 100,
  });
  if (!isReady || !child.isRunning()) {
    await child.stop(0);
    throw new PlainError(`The Temporal server did not start; see ${options.logFile}.`);
  }
  return { ...child, address, uiUrl: options.uiPort === null ? null : `http://${host}:${options.uiPort}` };
}

/** @throws PlainError where a server that was named by TEMPORAL_ADDRESS cannot be reached. */
export async function requireTemporal(address: string): Promise<void> {
  if (await waitUntil(() => answers(address), { timeoutMs: 5_000, everyMs: 500 })) return;
  throw new PlainError(
    `TEMPORAL_ADDRESS names ${address}, where no Temporal server answers. Start it, correct the address, or unset TEMPORAL_ADDRESS to use the embedded one.`,
  );
}

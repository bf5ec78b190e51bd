import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import { type Home, projectRoot } from './home.ts';
import { PlainError } from './plain-error.ts';
import { postgresUrl } from './postgres.ts';
import { localSecretKey } from './secret-key.ts';
import { waitUntil } from './wait-until.ts';
import { workerMemory } from './worker-memory.ts';

export type ServiceName = 'api' | 'worker';

export type ServiceOptions = {
  readonly home: Home;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly port: number;
  /** Where the API answers: links in mails begin with it. */
  readonly apiUrl: string;
};

const entries = {
  api: { file: 'api/main.ts', portVariable: 'STIPEND_API_PORT' },
  worker: { file: 'worker/main.ts', portVariable: 'STIPEND_WORKER_PORT' },
} as const;

const startTimeoutMs = 60_000;

type Program = {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly nodeFlags?: readonly string[];
  readonly givesWay?: boolean;
};

/** Runs a program of ours: node itself, not a launcher whose child would outlive a kill. */
const startProgram = (home: Home, { name, args, env, nodeFlags = [], givesWay = false }: Program): Child =>
  startChild({
    command: process.execPath,
    args: [...nodeFlags, '--import', 'tsx', ...args],
    cwd: projectRoot,
    env: { ...process.env, ...env },
    logFile: join(home.logs, `${name}.log`),
    givesWay,
  });

async function ready(
  child: Child,
  home: Home,
  name: string,
  isReady: () => Promise<boolean>,
): Promise<Child> {
  const became = await waitUntil(async () => !child.isRunning() || (await isReady()), {
    timeoutMs: startTimeoutMs,
    everyMs: 100,
  });
  if (became && child.isRunning()) return child;
  await child.stop(2_000);
  throw new PlainError(`${name} did not become ready; ${join(home.logs, `${name}.log`)} says why.`);
}

const answersReady = async (port: number): Promise<boolean> => {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
};

export function startService(name: ServiceName, options: ServiceOptions): Promise<Child> {
  const { file, portVariable } = entries[name];
  const env = {
    DATABASE_URL: options.databaseUrl,
    STIPEND_SECRET_KEY: localSecretKey(options.home),
    TEMPORAL_ADDRESS: options.temporalAddress,
    STIPEND_MAIL_FOLDER: options.home.mail,
    STIPEND_PUBLIC_URL: process.env['STIPEND_PUBLIC_URL'] ?? options.apiUrl,
    [portVariable]: String(options.port),
  };
  const program = { name, args: [join(projectRoot, file)] };
  const child =
    name === 'api'
      ? startProgram(options.home, { ...program, env })
      : startProgram(options.home, {
          ...program,
          env: { ...workerMemory.env, ...env },
          nodeFlags: workerMemory.nodeFlags,
          givesWay: true,
        });
  return ready(child, options.home, name, () => answersReady(options.port));
}

export function startPostgresProcess(
  home: Home,
  port: number,
  answers: (url: string) => Promise<boolean>,
): Promise<Child> {
  const program = join(projectRoot, 'local', 'postgres-process.ts');
  const child = startProgram(home, { name: 'postgres', args: [program, home.postgres, String(port)] });
  return ready(child, home, 'postgres', () => answers(postgresUrl(port, 'postgres')));
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../local/ports.ts';
import { waitUntil } from '../../local/wait-until.ts';
import { testSecretKey } from '../setup/secret-keys.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One of the product's own programs, run as in production but for its sources. */
export type Program = {
  readonly port: number;
  readonly output: () => string;
  /** As an orchestrator stops it; answers its exit code. */
  readonly terminate: () => Promise<number | null>;
};

export type Around = {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly taskQueue: string;
  readonly bundlePath: string;
  readonly extra?: Readonly<Record<string, string>>;
};

const running = new Set<ChildProcess>();

/** Ends what a test that failed has left. */
export function killPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

export async function startProgram(name: 'api' | 'worker', around: Around): Promise<Program> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', `${name}/main.ts`], {
    cwd: root,
    env: {
      ...process.env,
      DATABASE_URL: around.databaseUrl,
      TEMPORAL_ADDRESS: around.temporalAddress,
      STIPEND_TASK_QUEUE: around.taskQueue,
      STIPEND_WORKFLOW_BUNDLE: around.bundlePath,
      STIPEND_SECRET_KEY: testSecretKey,
      [name === 'api' ? 'STIPEND_API_PORT' : 'STIPEND_WORKER_PORT']: String(port),
      ...around.extra,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const isReady = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  const isUp = await waitUntil(async () => child.exitCode !== null || (await isReady()), {
    timeoutMs: 30_000,
    everyMs: 50,
  });
  if (!isUp || child.exitCode !== null) throw new Error(`the ${name} did not become ready:\n${output}`);
  return {
    port,
    output: () => output,
    terminate: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      running.delete(child);
      return child.exitCode;
    },
  };
}

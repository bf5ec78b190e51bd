import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import { letGiveWay } from '../local/child.ts';
import { waitUntil } from '../local/wait-until.ts';

export type ServerProcess = {
  readonly pid: number;
  readonly port: number;
  readonly stop: () => Promise<void>;
};

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

export type ServerOptions = {
  readonly name: string;
  /** Relative to the compiled bench. */
  readonly entry: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
  /** As in the embedded default, where users wait for the API and for no worker. */
  readonly givesWay?: boolean;
};

/** Starts a compiled server and waits until it listens. Its log goes nowhere; its errors are shown. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { name, port } = options;
  const entry = fileURLToPath(import.meta.resolve(options.entry));
  const nowhere = openSync(devNull, 'a');
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), entry], {
    env: { ...process.env, NODE_ENV: 'production', ...options.env },
    detached: options.givesWay === true,
    stdio: ['ignore', nowhere, 'inherit'],
  });
  closeSync(nowhere);
  if (options.givesWay === true && child.pid !== undefined) letGiveWay(child.pid);
  let running = true;
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).finally(() => {
    running = false;
  });
  const ready = await waitUntil(() => !running || listens(port), { timeoutMs: 20_000 });
  if (!ready || !running || child.pid === undefined) {
    child.kill('SIGKILL');
    throw new Error(`${name} did not start`);
  }
  return {
    pid: child.pid,
    port,
    stop: async () => {
      child.kill('SIGTERM');
      if (!(await waitUntil(() => !running, { timeoutMs: 10_000 }))) child.kill('SIGKILL');
      await exited;
    },
  };
}

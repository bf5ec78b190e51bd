import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { closeSync, openSync } from 'node:fs';
import { waitUntil } from './wait-until.ts';

export type Child = {
  readonly pid: number;
  /** The exit code; null after a signal or where the program could not be started. */
  readonly exited: Promise<number | null>;
  readonly isRunning: () => boolean;
  /** Asks it to end, and ends it by force when it has not after the grace. */
  readonly stop: (graceMs?: number) => Promise<void>;
};

export type ChildOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly logFile: string;
  /** Gives way to everything else on this machine. */
  readonly givesWay?: boolean;
};

/**
 * The nice value of Temporal and the worker: users wait for neither, and for what admits them they do. To be called at
 * once, since a thread that is there already keeps its own.
 */
export const letGiveWay = (pid: number): void => setPriority(pid, 19);

/**
 * Starts a program in a process group of its own, so that Ctrl-C in a terminal reaches the supervisor alone and the
 * order of the shutdown is the supervisor's.
 */
export function startChild({
  command,
  args,
  env = process.env,
  cwd,
  logFile,
  givesWay = false,
}: ChildOptions): Child {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, {
    env,
    cwd,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (givesWay && child.pid !== undefined) letGiveWay(child.pid);
  let running = true;
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  }).finally(() => {
    running = false;
  });
  return {
    pid: child.pid ?? 0,
    exited,
    isRunning: () => running,
    stop: async (graceMs = 10_000) => {
      child.kill('SIGTERM');
      if (!(await waitUntil(() => !running, { timeoutMs: graceMs }))) child.kill('SIGKILL');
      await exited;
    },
  };
}

import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { closeSync, openSync, writeFileSync } from 'node:fs';
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
 * The nice value of Temporal and the worker: users wait for neither, and for what admits them they do. While 20,000 accounts were
 * reset, the p99 of admissions was 1.6 times what it is otherwise with 10, which leaves them a tenth of the API's share.
 */
const lowPriority = 19;

/**
 * For a process that leads a session of its own. To be called at once: a thread that is there already keeps its nice value.
 * Linux with autogroup shares the processors between sessions first, and a nice value counts only inside one; the session
 * has its own (sched(7)), without which Temporal took as much as the API in spite of its nice value.
 */
export function letGiveWay(pid: number): void {
  setPriority(pid, lowPriority);
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(lowPriority));
  } catch {
    // Another system, or one without autogroup: the nice value counts there.
  }
}

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

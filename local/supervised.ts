import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child.ts';
import { forgetProcess, recordProcess } from './leftovers.ts';

export type Supervised = { readonly stop: () => Promise<void> };

export type SupervisedOptions = {
  readonly role: string;
  /** Where its process is recorded, so that a later start recognises a leftover. */
  readonly processes: string;
  /** Starts it and resolves once it is ready. */
  readonly start: () => Promise<Child>;
  readonly report: (line: string) => void;
};

const shortestPauseMs = 500;
const longestPauseMs = 30_000;
/** A child that lived this long is healthy: its next death starts at the shortest pause again. */
const healthyAfterMs = 60_000;

/** Keeps a program running: one that dies is started again, later each time it dies early. */
export async function supervise({ role, processes, start, report }: SupervisedOptions): Promise<Supervised> {
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  const startRecorded = async () => {
    const started = await start();
    recordProcess(processes, role, started.pid);
    return started;
  };
  let child = await startRecorded();
  let startedAt = Date.now();

  const watch = async (): Promise<void> => {
    let pauseMs = shortestPauseMs;
    while (!isStopping()) {
      const code = await child.exited;
      if (isStopping()) return;
      if (Date.now() - startedAt > healthyAfterMs) pauseMs = shortestPauseMs;
      report(
        `${role} ended (${code === null ? 'by a signal' : `code ${code}`}); starting it again in ${pauseMs} ms`,
      );
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      if (isStopping()) return;
      try {
        child = await startRecorded();
        startedAt = Date.now();
        report(`${role} is back`);
      } catch (error) {
        report(`${role} did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      await child.stop();
      await watching;
      // A restart that was under way when the stop came in is ended too.
      await child.stop();
      forgetProcess(processes, role);
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

/** A loop that looks for work, sooner while there is some and later while there is none. */
export type Polling = {
  readonly name: string;
  /** When it last began to look for work. */
  readonly turnedAt: () => number;
  /** Has it look for work now, and not at the end of its rest. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
};

export type PollingOptions = {
  readonly name: string;
  readonly log: Logger;
  /** Does a batch and answers how much there was to do. */
  readonly work: () => Promise<number>;
  readonly busyMs: number;
  readonly idleMs: number;
};

const afterErrorMs = 1_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(Math.max(0, ms), undefined, { signal }).catch(() => {});

/** Starts the loop. An error is logged and the loop goes on: what it could not do is still in the ledger. */
export function startPolling({ name, log, work, busyMs, idleMs }: PollingOptions): Polling {
  const stopping = new AbortController();
  let rest = new AbortController();
  let turnedAt = Date.now();
  const loop = async (): Promise<void> => {
    let idle = busyMs;
    while (!stopping.signal.aborted) {
      turnedAt = Date.now();
      rest = new AbortController();
      try {
        idle = (await work()) > 0 ? busyMs : Math.min(idleMs, idle * 2);
        // However often it is woken, it looks no more often than when it is busy.
        await pause(busyMs, stopping.signal);
        await pause(idle - busyMs, rest.signal);
      } catch (error) {
        log.error({ err: error, loop: name }, 'the loop failed and goes on');
        await pause(afterErrorMs, stopping.signal);
      }
    }
  };
  const finished = loop();
  return {
    name,
    turnedAt: () => turnedAt,
    wake: () => rest.abort(),
    stop: async () => {
      stopping.abort();
      rest.abort();
      await finished;
    },
  };
}

const hangsAfterMs = 15 * 60_000;

/** A loop whose work has not come back for longer than any of it can take; null where all turn. */
export const stuckLoop = (loops: readonly Polling[], now = Date.now()): string | null =>
  loops.find(({ turnedAt }) => now - turnedAt() > hangsAfterMs)?.name ?? null;

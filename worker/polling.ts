import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

/** A loop that looks for work, sooner while there is some and later while there is none. */
export type Polling = {
  readonly name: string;
  /** When it last began to look for work. */
  readonly turnedAt: () => number;
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

/** Starts the loop. An error is logged and the loop goes on: what it could not do is still in the ledger. */
export function startPolling({ name, log, work, busyMs, idleMs }: PollingOptions): Polling {
  const stopping = new AbortController();
  let turnedAt = Date.now();
  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal: stopping.signal }).catch(() => {});
  const loop = async (): Promise<void> => {
    let idle = busyMs;
    while (!stopping.signal.aborted) {
      turnedAt = Date.now();
      try {
        idle = (await work()) > 0 ? busyMs : Math.min(idleMs, idle * 2);
        await pause(idle);
      } catch (error) {
        log.error({ err: error, loop: name }, 'the loop failed and goes on');
        await pause(afterErrorMs);
      }
    }
  };
  const finished = loop();
  return {
    name,
    turnedAt: () => turnedAt,
    stop: async () => {
      stopping.abort();
      await finished;
    },
  };
}

const hangsAfterMs = 15 * 60_000;

/** A loop whose work has not come back for longer than any of it can take; null where all turn. */
export const stuckLoop = (loops: readonly Polling[], now = Date.now()): string | null =>
  loops.find(({ turnedAt }) => now - turnedAt() > hangsAfterMs)?.name ?? null;

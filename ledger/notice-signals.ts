import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import type { AccountKey } from './totals.ts';

/** Told by the statement that writes a notice, and by the one that erases a user: `{app}/{user}`. */
export const noticeChannel = 'stipend_notices';

const listenAgainMs = 1_000;

const nameOf = ({ appId, userId }: AccountKey): string => `${appId}/${userId}`;

/**
 * Wakes whoever waits for a user's notices: one connection listens for all of them, and none while nobody waits. A connection
 * that drops is replaced, and everybody is woken then, since nobody knows what was missed; until then, once a second.
 */
export class NoticeSignals {
  readonly #pool: Pool;
  readonly #waiting = new Map<string, Set<() => void>>();
  #isListening = false;
  #client: PoolClient | null = null;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Calls `wake` whenever there may be something new. Answers how to stop. */
  subscribe(account: AccountKey, wake: () => void): () => void {
    const name = nameOf(account);
    const wakes = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, wakes.add(wake));
    if (!this.#isListening) void this.#listen();
    return () => {
      wakes.delete(wake);
      if (wakes.size === 0 && this.#waiting.get(name) === wakes) this.#waiting.delete(name);
      if (this.#waiting.size === 0) this.#letGo();
    };
  }

  #wakeAll(): void {
    for (const wakes of this.#waiting.values()) for (const wake of wakes) wake();
  }

  #letGo(): void {
    this.#client?.release(true);
    this.#client = null;
  }

  async #listen(): Promise<void> {
    this.#isListening = true;
    while (this.#waiting.size > 0) {
      await this.#listenOnce().catch(() => {});
      if (this.#waiting.size === 0) break;
      await delay(listenAgainMs);
      this.#wakeAll();
    }
    this.#isListening = false;
  }

  /** Until the connection ends. */
  async #listenOnce(): Promise<void> {
    const client = await this.#pool.connect();
    const ended = new Promise<void>((resolve) => {
      client.once('error', () => resolve());
      client.once('end', () => resolve());
    });
    this.#client = client;
    client.on('notification', ({ payload }) => {
      for (const wake of this.#waiting.get(payload ?? '') ?? []) wake();
    });
    await client.query(`listen ${noticeChannel}`);
    this.#wakeAll();
    await ended;
    if (this.#client === client) this.#letGo();
  }
}

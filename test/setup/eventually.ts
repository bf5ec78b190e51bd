import { setTimeout as delay } from 'node:timers/promises';

/** Reads until the condition holds; fails with the last thing that was read. */
export async function eventually<T>(
  read: () => Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`it never held; last: ${JSON.stringify(value)}`);
    await delay(25);
  }
}

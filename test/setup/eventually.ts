import { setTimeout as delay } from 'node:timers/promises';

/**
 * Reads until the condition holds; fails with the last thing that was read. What cannot be read yet, such as a workflow that
 * nobody has started, is read again.
 */
export async function eventually<T>(
  read: () => Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      const value = await read();
      if (holds(value)) return value;
      if (Date.now() > deadline) throw new Error(`it never held; last: ${JSON.stringify(value)}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(25);
  }
}

import { expect, test } from 'vitest';
import { Turns } from '../../api/turns.ts';

/** Work that lasts until it is let go. */
function held(turns: Turns, size: number, begun: number[]) {
  const lets: (() => void)[] = [];
  const done = turns.take(size, () => {
    begun.push(size);
    return new Promise<void>((resolve) => lets.push(resolve));
  });
  return { done, letGo: () => lets.forEach((letGo) => letGo()) };
}

const afterMicrotasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('work begins in its order while all that is under way fits, and what is too large begins alone', async () => {
  const turns = new Turns(10);
  const begun: number[] = [];
  const [six, five, one, huge] = [6, 5, 1, 50].map((size) => held(turns, size, begun));
  await afterMicrotasks();
  expect(begun).toEqual([6]);
  six?.letGo();
  await six?.done;
  await afterMicrotasks();
  expect(begun).toEqual([6, 5, 1]);
  five?.letGo();
  one?.letGo();
  await Promise.all([five?.done, one?.done]);
  await afterMicrotasks();
  expect(begun).toEqual([6, 5, 1, 50]);
  huge?.letGo();
  await huge?.done;
});

test('work that fails gives its turn on and fails for its caller alone', async () => {
  const turns = new Turns(1);
  const failing = turns.take(1, () => Promise.reject(new Error('no')));
  const next = turns.take(1, async () => 'done');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('done');
});

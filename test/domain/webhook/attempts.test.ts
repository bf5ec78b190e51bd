import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hour, minute, second } from '../../../domain/instant.ts';
import { nextAttemptIn, pauseAfter } from '../../../domain/webhook/attempts.ts';

test('attempts come later and later, for a day, and then no more', () => {
  const spread = 0.5;
  const attemptedAt: number[] = [];
  let age = 0;
  for (let attempt = 1; attempt < 50; attempt += 1) {
    attemptedAt.push(age);
    const wait = nextAttemptIn({ attempt, age, retryAfter: null }, spread);
    if (wait === null) break;
    age += wait;
  }
  expect(attemptedAt.slice(0, 6)).toEqual([
    0,
    5 * second,
    35 * second,
    155 * second,
    755 * second,
    2555 * second,
  ]);
  expect(attemptedAt.at(-1)).toBeLessThanOrEqual(24 * hour);
  expect(attemptedAt.at(-1)).toBeGreaterThan(18 * hour);
  expect(attemptedAt).toHaveLength(10);
});

test('what the endpoint asks for is kept to, within the day', () => {
  expect(nextAttemptIn({ attempt: 1, age: 0, retryAfter: 7 * minute }, 0)).toBe(7 * minute);
  expect(nextAttemptIn({ attempt: 1, age: 23 * hour, retryAfter: 2 * hour }, 0)).toBeNull();
});

test('waits are spread by a fifth at most, so that what failed together does not come back together', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, share) => {
        const middle = nextAttemptIn({ attempt, age: 0, retryAfter: null }, 0.5) ?? 0;
        const spread = nextAttemptIn({ attempt, age: 0, retryAfter: null }, share) ?? 0;
        expect(spread).toBeGreaterThanOrEqual(Math.floor(middle * 0.8));
        expect(spread).toBeLessThanOrEqual(Math.ceil(middle * 1.2));
      },
    ),
  );
});

test('a circuit opens at the fifth failure in a row, for longer each time, ten minutes at most', () => {
  expect([1, 4, 5, 6, 7, 20].map(pauseAfter)).toEqual([
    null,
    null,
    30 * second,
    minute,
    2 * minute,
    10 * minute,
  ]);
});

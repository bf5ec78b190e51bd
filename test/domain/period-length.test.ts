import { expect, test } from 'vitest';
import { lengthOfSpan, longestPeriodDays, shortestPeriod } from '../../domain/policy/period-length.ts';

const hour = 3_600_000;

test.each([
  ['P1M', (28 * 24 - 1) * hour, 31],
  ['P2W', (14 * 24 - 1) * hour, 14],
  ['P1D', 23 * hour, 1],
  ['PT600S', 600_000, 2],
  ['PT90000S', 25 * hour, 3],
])('a period of %s is never shorter, and touches no more days than this', (every, shortest, days) => {
  expect(shortestPeriod(every)).toBe(shortest);
  expect(longestPeriodDays(every)).toBe(days);
});

test('a day of a span is 24 hours', () => {
  expect(lengthOfSpan('P14DT2H30M')).toBe((14 * 24 + 2.5) * hour);
});

import { type Milliseconds, hour, minute, second } from '../instant.ts';

/** Waits between attempts, as Standard Webhooks advises, for a day. */
const waits: readonly Milliseconds[] = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  2 * hour,
  4 * hour,
  6 * hour,
];
const givenUpAfter: Milliseconds = 24 * hour;

export type Attempted = {
  /** This attempt's number, from 1. */
  readonly attempt: number;
  readonly age: Milliseconds;
  /** What the endpoint asked for, null where it did not. */
  readonly retryAfter: Milliseconds | null;
};

/**
 * How long to wait after a failed attempt; null: a day has gone by. `share` in [0, 1) spreads it by up to a fifth more or
 * less, so that what failed together does not come back together.
 */
export function nextAttemptIn({ attempt, age, retryAfter }: Attempted, share: number): Milliseconds | null {
  const usual = waits[Math.min(attempt, waits.length) - 1] ?? 5 * second;
  const wait = retryAfter ?? Math.round(usual * (0.8 + 0.4 * share));
  return age + wait > givenUpAfter ? null : wait;
}

/** So many failures in a row open an endpoint's circuit. */
export const failuresBeforePause = 5;
const shortestPause: Milliseconds = 30 * second;
const longestPause: Milliseconds = 10 * minute;

/** How long an endpoint is left alone after so many failures in a row, null: it is not. What waits meanwhile is no attempt. */
export function pauseAfter(failures: number): Milliseconds | null {
  if (failures < failuresBeforePause) return null;
  return Math.min(longestPause, shortestPause * 2 ** (failures - failuresBeforePause));
}

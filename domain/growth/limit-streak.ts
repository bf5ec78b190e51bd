import type { Instant } from '../instant.ts';

/** A period whose allowance was used up, and the first instant at 100 %. */
export type LimitHit = { readonly period: number; readonly at: Instant };

/** So many of the newest hits are told: a longer streak counts as this long. */
export const hitsTold = 24;

/** How many periods in a row before the current one hit the limit. A silent period has no hit and ends the streak. */
export function limitStreak(hits: readonly LimitHit[], current: number): number {
  const hit = new Set(hits.map(({ period }) => period));
  let streak = 0;
  while (hit.has(current - 1 - streak)) streak += 1;
  return streak;
}

import { Temporal } from 'temporal-polyfill';
import type { Milliseconds } from '../instant.ts';

const day = 86_400_000;

/** A span of hours, minutes and days of 24 hours: the same length wherever it stands. */
export const lengthOfSpan = (span: string): Milliseconds =>
  Temporal.Duration.from(span).total('milliseconds');

function partsOf(every: string): { readonly amount: number; readonly unit: string } {
  const [, amount = '1', unit = 'M'] = /^P(?:T)?(\d+)([MWDS])$/.exec(every) ?? [];
  return { amount: Number(amount), unit };
}

/** Months may have 28 days, and a day of a clock change 23 hours. */
export function shortestPeriod(every: string): Milliseconds {
  const { amount, unit } = partsOf(every);
  if (unit === 'S') return amount * 1_000;
  return amount * ({ M: 28, W: 7 }[unit] ?? 1) * day - day / 24;
}

/** Local days that a period touches, at most: periods in seconds start at any time of the day. */
export function longestPeriodDays(every: string): number {
  const { amount, unit } = partsOf(every);
  if (unit === 'S') return Math.ceil((amount * 1_000) / day) + 1;
  return amount * ({ M: 31, W: 7 }[unit] ?? 1);
}

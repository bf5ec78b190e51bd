import type { Brand } from './brand.ts';

/** Milliseconds since 1970-01-01T00:00:00Z on the app's clock (the database's clock plus a sandbox app's offset). */
export type Instant = Brand<number, 'Instant'>;

/** A length of time in milliseconds. */
export type Milliseconds = number;

/** @throws RangeError unless the value is a whole number of milliseconds. */
export function instant(milliseconds: number): Instant {
  if (!Number.isSafeInteger(milliseconds)) throw new RangeError(`not an instant: ${milliseconds}`);
  return milliseconds as Instant;
}

export const after = (start: Instant, length: Milliseconds): Instant => instant(start + length);

export const later = (left: Instant, right: Instant): Instant => (left > right ? left : right);

export const earliest = (instants: readonly Instant[]): Instant | null =>
  instants.length === 0 ? null : instant(Math.min(...instants));

export const second: Milliseconds = 1_000;
export const minute: Milliseconds = 60 * second;
export const hour: Milliseconds = 60 * minute;

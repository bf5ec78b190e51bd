import { z } from 'zod';
import { isPrintableId } from '../../domain/ids.ts';
import { instant } from '../../domain/instant.ts';
import { isReadable, isReadableName } from '../../domain/readable-text.ts';
import type { ApiInstant } from './instants.ts';

/** Fields that several requests share. What reaches the ledger is text a person can read, never control characters. */

export const printableId = z
  .string()
  .refine(isPrintableId, 'must be 1–128 printable characters without outer spaces')
  .meta({ minLength: 1, maxLength: 128, example: 'u_1' });

export const appName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be 1–40 lower case letters, digits, - or _');

export const text = (longest: number) =>
  z
    .string()
    .max(longest, `must be at most ${longest} characters`)
    .refine(isReadable, 'must not hold control characters');

/** What stands within sentences that others read. */
export const readableName = (longest: number) =>
  text(longest).min(1).refine(isReadableName, 'must be one line, without marks that turn its direction');

const earliest = Date.parse('2000-01-01T00:00:00Z');
const latest = Date.parse('2200-01-01T00:00:00Z');

/** RFC 3339 with an offset. */
export const time = z.iso
  .datetime({ offset: true, abort: true, error: 'must be a time such as 2026-11-24T10:00:00Z' })
  .refine((value) => {
    const at = Date.parse(value);
    return at >= earliest && at <= latest;
  }, 'must lie between the years 2000 and 2200')
  .transform((value) => instant(Date.parse(value)));

export const toTime = (at: number): ApiInstant => new Date(at).toISOString().replace('.000Z', 'Z');

export const toTimeOrNull = (at: number | null): ApiInstant | null => (at === null ? null : toTime(at));

const shortText = text(200);

/** Small facts about a client or a session: at most 16 of them. */
export const facts = z
  .record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'names are lower case letters, digits and _'), shortText)
  .refine((record) => Object.keys(record).length <= 16, 'holds at most 16 fields');

export const client = z.strictObject({
  ip: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').optional(),
  device: shortText.optional(),
  browser: shortText.optional(),
  credential: shortText.optional(),
});

/** Leaves out what was not given: the ledger stores only what it was told. */
export function given(record: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

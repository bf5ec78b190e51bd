import { type Instant, instant } from '../../domain/instant.ts';

/** Postgres keeps microseconds, the domain milliseconds: the rest is cut off. */
export const instantFromRow = (text: string): Instant => instant(Date.parse(text));
export const instantToRow = (at: Instant): string => new Date(at).toISOString();

import type { Instant } from '../domain/instant.ts';

/** How the command says numbers and instants. */

const numberInWords = (value: number): string => value.toLocaleString('en');

/** "1 period", "2,000 periods". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${numberInWords(count)} ${count === 1 ? one : many}`;

/** To the second, in UTC: operators compare instants with logs. */
export const instantInWords = (at: Instant): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

/** Lines that a YAML reader passes over. */
export const commented = (lines: readonly string[]): string => lines.map((line) => `# ${line}`).join('\n');

import { type Milliseconds, minute } from '../instant.ts';

/** Announcements of resets are spread over this long; the resets themselves are exact and wait for nothing. */
const spread: Milliseconds = 15 * minute;

/** FNV-1a, 32 bits: stable across processes and runs, which is all that is asked of it. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return value;
}

/** How long after its period's end an account announces its reset: the same each time. */
export const resetJitter = (user: string): Milliseconds => hash(user) % spread;

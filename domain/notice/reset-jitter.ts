import { type Milliseconds, minute } from '../instant.ts';
import { stableHash } from '../stable-hash.ts';

/** Announcements of resets are spread over this long; the resets themselves are exact and wait for nothing. */
const spread: Milliseconds = 15 * minute;

/** How long after its period's end an account announces its reset: the same each time. */
export const resetJitter = (user: string): Milliseconds => stableHash(user) % spread;

import type { AccountState } from './account/state.ts';
import type { AppMode } from './app-mode.ts';
import { type Milliseconds, minute, second } from './instant.ts';

/** How a commit is told to the account's workflow: at once, paced together with others like it, or not at all. */
export type Telling = 'at_once' | 'paced' | 'not';

/**
 * Ends of sessions are told at most this often on the real clock, so that the Temporal UI is true to the last session at
 * little cost. A sandbox lives a month in seconds and is told sooner.
 */
export const sessionEndsToldEvery: Readonly<Record<AppMode, Milliseconds>> = {
  sandbox: second,
  live: 10 * minute,
};

const endedCount = (state: AccountState): number =>
  state.sessions.filter((session) => session.endedAt !== null).length;

/** Law 10: a threshold, a band, a period, a command at once; the end of a session paced; a usage event never. */
export function worthTelling(before: AccountState, after: AccountState): Telling {
  const { added } = after;
  const opened = before.account.currentPeriod !== after.account.currentPeriod;
  if (opened || added.crossings.length > 0 || added.commands.length > 0) return 'at_once';
  return endedCount(after) > endedCount(before) ? 'paced' : 'not';
}

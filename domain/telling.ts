import { periodOf } from './account/change.ts';
import type { DecisionContext } from './account/context.ts';
import type { AccountState, Session } from './account/state.ts';
import { doSessionsLead } from './allowance/ladder.ts';
import { termsInForce } from './allowance/terms-in-force.ts';
import type { AppMode } from './app-mode.ts';
import { type Milliseconds, minute, second } from './instant.ts';

/** How a commit is told to the account's workflow. */
export type Telling = {
  /** `soon`: once the pace is over, together with whatever comes before. */
  readonly how: 'not' | 'soon' | 'paced' | 'at_once';
  /** It need not be told where something was told since this version of the account; null: it is told in any case. */
  readonly unlessSince: number | null;
};

/**
 * Ends of sessions are told at most this often on the real clock, so that the Temporal UI is true to the last session at
 * little cost. A sandbox lives a month in seconds and is told sooner.
 */
export const sessionEndsToldEvery: Readonly<Record<AppMode, Milliseconds>> = {
  sandbox: second,
  live: 10 * minute,
};

export const untold: Telling = { how: 'not', unlessSince: null };

const rising: readonly Telling['how'][] = ['not', 'soon', 'paced', 'at_once'];

const latest = (left: number | null, right: number | null): number | null =>
  left === null || right === null ? null : Math.max(left, right);

/** What two decisions of one commit are told by: as soon as either asks for. */
export function together(left: Telling, right: Telling): Telling {
  if (left.how === right.how) return { ...left, unlessSince: latest(left.unlessSince, right.unlessSince) };
  return rising.indexOf(left.how) > rising.indexOf(right.how) ? left : right;
}

const endedNow = (before: AccountState, after: AccountState): readonly Session[] =>
  after.sessions.filter(
    ({ id, endedAt }) =>
      endedAt !== null && (before.sessions.find((session) => session.id === id)?.endedAt ?? null) === null,
  );

/** True where the end of a session leaves the bar as it stood when the session was admitted. */
function leavesBar(
  session: Session,
  before: AccountState,
  after: AccountState,
  context: DecisionContext,
): boolean {
  const period = periodOf(after, session.period);
  const { sessionsUsed } = before.periods.find(({ number }) => number === session.period) ?? period;
  return period.sessionsUsed === sessionsUsed && doSessionsLead(period, termsInForce(after, period, context));
}

/**
 * Law 10: a threshold, a band, a command at once; the end of a session paced; a new period with its first session; a usage
 * event never. An end that only repeats what was told since its session was admitted is left out (docs/decisions/0017).
 */
export function worthTelling(before: AccountState, after: AccountState, context: DecisionContext): Telling {
  const { added } = after;
  if (added.crossings.length > 0 || added.commands.length > 0) return { how: 'at_once', unlessSince: null };
  const ended = endedNow(before, after);
  if (ended.length > 0) {
    const repeats = ended.every((session) => leavesBar(session, before, after, context));
    const admitted = ended.map(({ admittedVersion }) => admittedVersion);
    return { how: 'paced', unlessSince: repeats ? Math.max(...admitted) : null };
  }
  const isOpened = before.account.currentPeriod !== after.account.currentPeriod;
  return isOpened ? { how: 'soon', unlessSince: null } : untold;
}

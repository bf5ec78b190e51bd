import { crossSteps, isUsedUp } from '../allowance/ladder.ts';
import { termsInForce } from '../allowance/terms-in-force.ts';
import type { Instant } from '../instant.ts';
import {
  isOfDay,
  openSessions,
  periodOf,
  sessionOf,
  withAccount,
  withPeriod,
  withSession,
} from './change.ts';
import type { DecisionContext } from './context.ts';
import { closeAuthorization, openAuthorizations, releaseEnded } from './reservations.ts';
import type { AccountState, Authorization, Period, Session, SessionEnd } from './state.ts';

/** A session that ends unused is given back, but no more often than this in a day, so that opening and closing is not free. */
const refundsPerDay = 3;

/** Gives an unused session's count back to its period and, if it is still the same day, to the day. */
function giveBack(state: AccountState, session: Session): AccountState {
  const { day } = state.account;
  const refundsToday = day?.refunds ?? 0;
  if (day === null || refundsToday >= refundsPerDay) return state;
  const period = periodOf(state, session.period);
  const refunded = withSession(withPeriod(state, { ...period, sessionsUsed: period.sessionsUsed - 1 }), {
    ...session,
    counted: false,
    givenBackVersion: state.account.version + 1,
  });
  return withAccount(refunded, {
    day: {
      ...day,
      sessions: isOfDay(day, session) ? Math.max(0, day.sessions - 1) : day.sessions,
      refunds: refundsToday + 1,
    },
  });
}

function crossCutoff(
  state: AccountState,
  number: Period['number'],
  at: Instant,
  context: DecisionContext,
): AccountState {
  const period = periodOf(state, number);
  const terms = termsInForce(state, period, context);
  if (!isUsedUp(period, terms)) return state;
  return crossSteps(
    state,
    period,
    terms,
    { sessions: period.sessionsUsed, highest: terms.ladder.cutoff },
    at,
  );
}

/** The last running session has ended: the cut-off of its period is due, and of the current one if that is a later one. */
function crossCutoffs(
  state: AccountState,
  session: Session,
  at: Instant,
  context: DecisionContext,
): AccountState {
  if (openSessions(state).length > 0) return state;
  const { currentPeriod } = state.account;
  const numbers = new Set([session.period, currentPeriod ?? session.period]);
  return [...numbers].reduce((crossed, number) => crossCutoff(crossed, number, at, context), state);
}

/** A session is unused once no call was counted and no authorized one can still come. */
const giveBackIfUnused = (state: AccountState, session: Session): AccountState =>
  session.usageEvents === 0 && session.counted && openAuthorizations(state, session.id).length === 0
    ? giveBack(state, session)
    : state;

/**
 * Ends a running session: what it holds and no authorization has reserved is free again, and the period's 100 % step is due
 * if it was the last.
 */
export function settleSession(
  state: AccountState,
  session: Session,
  end: SessionEnd,
  at: Instant,
  context: DecisionContext,
): AccountState {
  const ended: Session = { ...session, endedAt: at, end, endedVersion: state.account.version + 1 };
  const released = releaseEnded(state, ended);
  const settled = giveBackIfUnused(released, sessionOf(released, ended.id));
  return crossCutoffs(settled, sessionOf(settled, ended.id), at, context);
}

function settleAuthorization(state: AccountState, authorization: Authorization): AccountState {
  const closed = closeAuthorization(state, authorization, 'expired', authorization.expiresAt);
  const session = sessionOf(closed, authorization.sessionId);
  return session.endedAt === null ? closed : giveBackIfUnused(closed, session);
}

type Due = { readonly at: Instant; readonly settle: (state: AccountState) => AccountState };

/** Authorizations and sessions that have run out, in the order in which they did; at one instant authorizations first. */
function dueBy(state: AccountState, context: DecisionContext): readonly Due[] {
  const { now } = context;
  const due: Due[] = [];
  for (const authorization of state.authorizations) {
    const { closedAt, expiresAt: at } = authorization;
    if (closedAt !== null || at > now) continue;
    due.push({ at, settle: (known) => settleAuthorization(known, authorization) });
  }
  for (const session of state.sessions) {
    const { endedAt, expiresAt: at } = session;
    if (endedAt !== null || at > now) continue;
    due.push({ at, settle: (known) => settleSession(known, session, 'expired', at, context) });
  }
  return due.sort((left, right) => left.at - right.at);
}

/** Settles what has expired, whether or not the sweeper has come by, each at the instant it expired. */
export const settleExpired = (state: AccountState, context: DecisionContext): AccountState =>
  dueBy(state, context).reduce((settled, { settle }) => settle(settled), state);

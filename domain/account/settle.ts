import { crossSteps, isUsedUp } from '../allowance/ladder.ts';
import { termsInForce } from '../allowance/terms-in-force.ts';
import type { Instant } from '../instant.ts';
import { minus, noMoney } from '../money.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { openSessions, periodOf, withAccount, withPeriod, withSession } from './change.ts';
import type { DecisionContext } from './context.ts';
import type { AccountState, Period, Session, SessionEnd } from './state.ts';

/** A session that ends unused is given back, but no more often than this in a day, so that opening and closing is not free. */
const refundsPerDay = 3;

const isUnused = (session: Session): boolean => session.usageEvents === 0;

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
  const sameDay = day.date === session.date;
  return withAccount(refunded, {
    day: {
      ...day,
      sessions: sameDay ? Math.max(0, day.sessions - 1) : day.sessions,
      refunds: refundsToday + 1,
    },
  });
}

function crossCutoff(state: AccountState, period: Period, terms: PlanTerms, at: Instant): AccountState {
  if (openSessions(state).length > 0 || !isUsedUp(period, terms)) return state;
  return crossSteps(
    state,
    period,
    terms,
    { sessions: period.sessionsUsed, highest: terms.ladder.cutoff },
    at,
  );
}

/** Ends a running session: the rest of its hold is free again, and the period's 100 % step is due if it was the last. */
export function settleSession(
  state: AccountState,
  session: Session,
  end: SessionEnd,
  at: Instant,
  context: DecisionContext,
): AccountState {
  const ended: Session = {
    ...session,
    held: noMoney,
    endedAt: at,
    end,
    endedVersion: state.account.version + 1,
  };
  const period = periodOf(state, session.period);
  const released = withSession(
    withPeriod(state, { ...period, held: minus(period.held, session.held) }),
    ended,
  );
  const settled = isUnused(session) ? giveBack(released, ended) : released;
  const settledPeriod = periodOf(settled, session.period);
  return crossCutoff(settled, settledPeriod, termsInForce(settled, settledPeriod, context), at);
}

/** Settles what has expired, whether or not the sweeper has come by, each at the instant it expired. */
export function settleExpired(state: AccountState, context: DecisionContext): AccountState {
  return openSessions(state)
    .filter((session) => session.expiresAt <= context.now)
    .sort((left, right) => left.expiresAt - right.expiresAt)
    .reduce(
      (settled, session) => settleSession(settled, session, 'expired', session.expiresAt, context),
      state,
    );
}

import { today } from '../account/bring-up-to-date.ts';
import { isOfDay, periodOf, withAccount, withPeriod, withSession } from '../account/change.ts';
import type { AccountState, Session, UsageEvent } from '../account/state.ts';
import { type Instant, later } from '../instant.ts';
import { type MicroUsd, beyond, lesser, minus, plus } from '../money.ts';

type Charge = Pick<UsageEvent, 'cost' | 'inputTokens' | 'outputTokens'>;

/** A session that was given back as unused is taken again when usage arrives late, even past the limit. */
export function takeAgain(state: AccountState, session: Session): AccountState {
  if (session.counted) return state;
  const period = periodOf(state, session.period);
  const taken = withSession(withPeriod(state, { ...period, sessionsUsed: period.sessionsUsed + 1 }), {
    ...session,
    counted: true,
  });
  const day = today(state);
  return isOfDay(day, session) ? withAccount(taken, { day: { ...day, sessions: day.sessions + 1 } }) : taken;
}

/** Moves held to spent, up to `available`; what that does not cover is overshoot. */
export function charge(
  state: AccountState,
  session: Session,
  request: Charge,
  available: MicroUsd,
  expiresAt: Instant,
): AccountState {
  const { cost } = request;
  const fromHold = lesser(cost, available);
  const over = beyond(cost, available);
  const period = periodOf(state, session.period);
  const charged: Session = {
    ...session,
    held: minus(session.held, fromHold),
    spent: plus(session.spent, cost),
    overshoot: plus(session.overshoot, over),
    usageEvents: session.usageEvents + 1,
    tokens: session.tokens + (request.inputTokens ?? 0) + (request.outputTokens ?? 0),
    expiresAt: session.endedAt === null ? later(session.expiresAt, expiresAt) : session.expiresAt,
  };
  const inPeriod = withPeriod(state, {
    ...period,
    held: minus(period.held, fromHold),
    spent: plus(period.spent, cost),
    overshoot: plus(period.overshoot, over),
  });
  const day = today(state);
  return withAccount(withSession(inPeriod, charged), { day: { ...day, spent: plus(day.spent, cost) } });
}

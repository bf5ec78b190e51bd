import { bringUpToDate, today } from '../account/bring-up-to-date.ts';
import {
  openSessions,
  periodOf,
  withAccount,
  withAdded,
  withPeriod,
  withSession,
} from '../account/change.ts';
import type { DecisionContext } from '../account/context.ts';
import { entitlementInForce } from '../account/entitlement.ts';
import type { AccountState, Session, UsageEvent } from '../account/state.ts';
import { type Instant, after } from '../instant.ts';
import { type MicroUsd, beyond, lesser, minus, plus } from '../money.ts';
import { flagIfSuspect } from '../risk/flag.ts';
import type { Decided } from './admission.ts';
import { crossSteps } from './ladder.ts';
import type { LimitName } from './limits.ts';
import { termsInForce } from './terms-in-force.ts';

export type UsageRequest = Pick<
  UsageEvent,
  | 'id'
  | 'cost'
  | 'model'
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteTokens'
  | 'outputTokens'
  | 'reasoningTokens'
  | 'fingerprint'
> & {
  readonly sessionId: Session['id'];
  readonly occurredAt: Instant | null;
  /** A short digest of the input, for its diversity; never the text. */
  readonly inputSketch: string | null;
};

export type UsageAnswer = {
  readonly session: Session;
  /** Whether the session may go on; if not, `limitedBy` says why, or null where it has simply ended. */
  readonly continue: boolean;
  readonly limitedBy: LimitName | null;
};

const inputsRemembered = 32;

/** @throws RangeError where the ledger did not load the session. */
export function sessionOf(state: AccountState, id: Session['id']): Session {
  const session = state.sessions.find((candidate) => candidate.id === id);
  if (session === undefined) throw new RangeError(`session ${id} was not loaded`);
  return session;
}

/** Whether a session may make another call. */
function mayContinue(state: AccountState, session: Session): UsageAnswer {
  const { standing } = entitlementInForce(state);
  const stopped = (limitedBy: LimitName | null): UsageAnswer => ({ session, continue: false, limitedBy });
  if (standing === 'suspended') return stopped('suspended');
  if (standing === 'under_review') return stopped('review');
  if (session.endedAt !== null) return stopped(null);
  if (session.spent >= session.cap) return stopped('session');
  return { session, continue: true, limitedBy: null };
}

/** A session that was given back as unused is taken again when usage arrives late, even past the limit. */
function takeAgain(state: AccountState, session: Session): AccountState {
  if (session.counted) return state;
  const period = periodOf(state, session.period);
  const taken = withSession(withPeriod(state, { ...period, sessionsUsed: period.sessionsUsed + 1 }), {
    ...session,
    counted: true,
  });
  const day = today(state);
  return day.date === session.date
    ? withAccount(taken, { day: { ...day, sessions: day.sessions + 1 } })
    : taken;
}

/** Moves held to spent; what the hold does not cover is overshoot. */
function charge(
  state: AccountState,
  session: Session,
  cost: MicroUsd,
  now: Instant,
  idleTimeout: number,
): AccountState {
  const fromHold = lesser(cost, session.held);
  const over = beyond(cost, session.held);
  const period = periodOf(state, session.period);
  const charged: Session = {
    ...session,
    held: minus(session.held, fromHold),
    spent: plus(session.spent, cost),
    overshoot: plus(session.overshoot, over),
    usageEvents: session.usageEvents + 1,
    expiresAt: session.endedAt === null ? after(now, idleTimeout) : session.expiresAt,
  };
  const day = today(state);
  return withAccount(
    withSession(
      withPeriod(state, {
        ...period,
        held: minus(period.held, fromHold),
        spent: plus(period.spent, cost),
        overshoot: plus(period.overshoot, over),
      }),
      charged,
    ),
    { day: { ...day, spent: plus(day.spent, cost) } },
  );
}

function rememberInput(state: AccountState, sketch: string | null): AccountState {
  if (sketch === null) return state;
  return withAccount(state, {
    recentInputs: [...state.account.recentInputs, sketch].slice(-inputsRemembered),
  });
}

/** Counts one call, in the period its session was admitted in, however late it arrives. Never refused: it has been spent. */
export function decideUsage(
  before: AccountState,
  request: UsageRequest,
  context: DecisionContext,
): Decided<UsageAnswer> {
  const { now } = context;
  const current = bringUpToDate(before, context);
  const taken = takeAgain(current, sessionOf(current, request.sessionId));
  const session = sessionOf(taken, request.sessionId);
  const terms = termsInForce(taken, periodOf(taken, session.period), context);
  const charged = rememberInput(
    charge(taken, session, request.cost, now, terms.idleTimeout),
    request.inputSketch,
  );
  const { inputSketch: _sketch, occurredAt, ...event } = request;
  const recorded = withAdded(charged, {
    usageEvents: [
      {
        ...event,
        period: session.period,
        version: before.account.version + 1,
        overshoot: beyond(request.cost, session.held),
        authorizationId: null,
        occurredAt: occurredAt ?? now,
        recordedAt: now,
      },
    ],
  });
  const period = periodOf(recorded, session.period);
  // Nobody is cut off mid-task: the step at 100 % waits for the last running session to end.
  const highest = openSessions(recorded).length > 0 ? terms.ladder.confirm : terms.ladder.cutoff;
  const crossed = crossSteps(recorded, period, terms, { sessions: period.sessionsUsed, highest }, now);
  const state = flagIfSuspect(crossed, context);
  return { state, answer: mayContinue(state, sessionOf(state, session.id)) };
}

/** A repeated event counts nothing; it is answered from where the session stands now. */
export function decideUsageRepeat(
  before: AccountState,
  id: Session['id'],
  context: DecisionContext,
): Decided<UsageAnswer> {
  const state = bringUpToDate(before, context);
  return { state, answer: mayContinue(state, sessionOf(state, id)) };
}

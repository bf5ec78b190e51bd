import { bringUpToDate } from '../account/bring-up-to-date.ts';
import { openSessions, periodOf, sessionOf, withAccount, withAdded } from '../account/change.ts';
import type { DecisionContext } from '../account/context.ts';
import { entitlementInForce, isUpgraded } from '../account/entitlement.ts';
import {
  type NamedCall,
  authorizationOf,
  closeAuthorization,
  unreservedOf,
} from '../account/reservations.ts';
import type { AccountState, Authorization, Session, UsageEvent } from '../account/state.ts';
import type { AuthorizationId } from '../ids.ts';
import { type Instant, after } from '../instant.ts';
import { type MicroUsd, beyond, noMoney, plus } from '../money.ts';
import { flagIfSuspect } from '../risk/flag.ts';
import type { Decided } from './admission.ts';
import { charge, takeAgain } from './charge.ts';
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
  /** The authorization that the call was made under, if any. */
  readonly authorizationId?: AuthorizationId | null;
};

/**
 * What became of the authorization that usage names: settled by it, used by another event, expired before it came,
 * or never known. Usage is counted in every case: it has been spent.
 */
type AuthorizationFate = 'settled' | 'used' | 'expired' | 'unknown';

export type UsageAnswer = {
  readonly session: Session;
  /** Whether the session may go on; if not, `limitedBy` says why, or null where it has simply ended. */
  readonly continue: boolean;
  readonly limitedBy: LimitName | null;
  /** What of this event no hold covered. */
  readonly overshoot: MicroUsd;
  /** Null where the event names no authorization. */
  readonly authorization: AuthorizationFate | null;
};

const inputsRemembered = 32;

type Continuation = Pick<UsageAnswer, 'session' | 'continue' | 'limitedBy'>;

/** Whether a session may make another call. */
function mayContinue(state: AccountState, session: Session, context: DecisionContext): Continuation {
  const { standing } = entitlementInForce(state);
  const stopped = (limitedBy: LimitName | null): Continuation => ({ session, continue: false, limitedBy });
  if (standing === 'suspended') return stopped('suspended');
  if (standing === 'under_review') return stopped('review');
  if (session.endedAt !== null) return stopped(null);
  if (isUpgraded(state)) return { session, continue: true, limitedBy: null };
  const { sessionTokens } = termsInForce(state, periodOf(state, session.period), context);
  // What other calls have reserved is theirs: who went on into it would overshoot with every call.
  const isSpent = unreservedOf(state, session) === noMoney;
  const usedUp = isSpent || (sessionTokens !== null && session.tokens >= sessionTokens);
  return usedUp ? stopped('session') : { session, continue: true, limitedBy: null };
}

function rememberInput(state: AccountState, sketch: string | null): AccountState {
  if (sketch === null) return state;
  return withAccount(state, {
    recentInputs: [...state.account.recentInputs, sketch].slice(-inputsRemembered),
  });
}

/** `settled`: the event itself closed it, now or when it was first counted. */
function fateOf({ authorizationId }: NamedCall, named: Authorization | null, settled: boolean) {
  if (authorizationId === null || authorizationId === undefined) return null;
  return settled ? 'settled' : (named?.close ?? 'unknown');
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
  const named = authorizationOf(taken, request);
  const settles = named?.closedAt === null ? named : null;
  const unreserved = unreservedOf(taken, session);
  const available = settles === null ? unreserved : plus(unreserved, settles.reserved);
  const terms = termsInForce(taken, periodOf(taken, session.period), context);
  const charged = charge(taken, session, request, available, after(now, terms.idleTimeout));
  const settled = settles === null ? charged : closeAuthorization(charged, settles, 'used', now);
  const overshoot = beyond(request.cost, available);
  const recorded = withAdded(rememberInput(settled, request.inputSketch), {
    usageEvents: [
      {
        id: request.id,
        sessionId: request.sessionId,
        period: session.period,
        version: before.account.version + 1,
        ordinal: before.added.usageEvents.length,
        cost: request.cost,
        overshoot,
        authorizationId: settles?.id ?? null,
        model: request.model,
        inputTokens: request.inputTokens,
        cachedInputTokens: request.cachedInputTokens,
        cacheWriteTokens: request.cacheWriteTokens,
        outputTokens: request.outputTokens,
        reasoningTokens: request.reasoningTokens,
        occurredAt: request.occurredAt ?? now,
        recordedAt: now,
        fingerprint: request.fingerprint,
      },
    ],
  });
  const period = periodOf(recorded, session.period);
  // Nobody is cut off mid-task: the step at 100 % waits for the last running session to end.
  const highest = openSessions(recorded).length > 0 ? terms.ladder.confirm : terms.ladder.cutoff;
  const crossed = crossSteps(recorded, period, terms, { sessions: period.sessionsUsed, highest }, now);
  const state = flagIfSuspect(crossed, context);
  return {
    state,
    answer: {
      ...mayContinue(state, sessionOf(state, session.id), context),
      overshoot,
      authorization: fateOf(request, named, settles !== null),
    },
  };
}

/** A repeated event counts nothing; it is answered from where the session and its authorization stand now. */
export function decideUsageRepeat(
  before: AccountState,
  call: NamedCall,
  context: DecisionContext,
): Decided<UsageAnswer> {
  const state = bringUpToDate(before, context);
  const named = authorizationOf(state, call);
  return {
    state,
    answer: {
      ...mayContinue(state, sessionOf(state, call.sessionId), context),
      overshoot: noMoney,
      authorization: fateOf(call, named, named?.close === 'used'),
    },
  };
}

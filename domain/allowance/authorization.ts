import { bringUpToDate } from '../account/bring-up-to-date.ts';
import { periodOf, sessionOf, withAuthorization, withSession } from '../account/change.ts';
import type { DecisionContext } from '../account/context.ts';
import { isUpgraded } from '../account/entitlement.ts';
import { unreservedOf } from '../account/reservations.ts';
import type { AccountState, Authorization, Session } from '../account/state.ts';
import { after, later } from '../instant.ts';
import { lesser } from '../money.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { worstPriceOfCall } from '../pricing/worst-price.ts';
import type { Decided, Refusal } from './admission.ts';
import { callRoom, isOfUse, outputThatFits, whenCallFits } from './call-room.ts';
import { type BindingLimit, standingLimits } from './limits.ts';
import { termsInForce } from './terms-in-force.ts';

export type AuthorizationRequest = Pick<
  Authorization,
  'id' | 'sessionId' | 'model' | 'inputTokens' | 'fingerprint'
> & {
  /** The most output tokens the call will ask for. */
  readonly maxOutputTokens: number;
};

export type AuthorizationAnswer =
  /** `isRepeat`: it was granted before, to the same request. */
  | { readonly outcome: 'granted'; readonly authorization: Authorization; readonly isRepeat: boolean }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  | { readonly outcome: 'id_reused' }
  | { readonly outcome: 'session_ended' }
  | { readonly outcome: 'model_not_in_tier'; readonly allowed: readonly string[] }
  | { readonly outcome: 'unknown_model'; readonly model: string };

const spelled = (model: string): string => model.trim().toLowerCase();

/** The model that serves the call: the one asked for, or the tier's first where the policy downgrades others; null: refused. */
function modelInTier(model: string, session: Pick<Session, 'tier'>, terms: PlanTerms): string | null {
  const allowed = terms.models[session.tier];
  if (allowed.some((candidate) => spelled(candidate) === spelled(model))) return model;
  return terms.otherModels === 'downgrade' ? (allowed[0] ?? null) : null;
}

const refusedBy = (limits: readonly [BindingLimit, ...BindingLimit[]]): AuthorizationAnswer => ({
  outcome: 'refused',
  refusal: { limitedBy: limits[0].limit, resetsAt: limits[0].resetsAt, violated: limits },
});

function grant(
  state: AccountState,
  session: Session,
  granted: Omit<
    Authorization,
    'authorizedAt' | 'expiresAt' | 'closedAt' | 'close' | 'version' | 'policyVersion'
  >,
  terms: PlanTerms,
  { now, policyVersion }: DecisionContext,
): Decided<AuthorizationAnswer> {
  const authorization: Authorization = {
    ...granted,
    authorizedAt: now,
    expiresAt: after(now, terms.idleTimeout),
    closedAt: null,
    close: null,
    version: state.account.version + 1,
    policyVersion,
  };
  const kept = withSession(state, {
    ...session,
    expiresAt: later(session.expiresAt, authorization.expiresAt),
  });
  return {
    state: withAuthorization(kept, authorization),
    answer: { outcome: 'granted', authorization, isRepeat: false },
  };
}

/** Reserves the worst price of one call inside its session's hold, with as many of the asked output tokens as fit. */
function reserve(
  state: AccountState,
  request: AuthorizationRequest,
  context: DecisionContext,
): Decided<AuthorizationAnswer> {
  const session = sessionOf(state, request.sessionId);
  const terms = termsInForce(state, periodOf(state, session.period), context);
  const refused = (answer: AuthorizationAnswer): Decided<AuthorizationAnswer> => ({ state, answer });
  const model = modelInTier(request.model, session, terms);
  if (model === null) return refused({ outcome: 'model_not_in_tier', allowed: terms.models[session.tier] });
  const { prices } = context.policyOf(context.policyVersion);
  const { id, sessionId, inputTokens, fingerprint } = request;
  const call = { ...request, model };
  const outputTokens = outputThatFits(call, callRoom(state, session, terms), context.now, prices);
  if (outputTokens === null) return refused({ outcome: 'unknown_model', model });
  if (!isOfUse(outputTokens, call)) {
    const resetsAt = whenCallFits(state, session, call, terms, prices);
    return refused(refusedBy([{ limit: 'session', resetsAt }]));
  }
  const reserved = worstPriceOfCall(model, inputTokens, outputTokens, context.now, prices);
  if (reserved === null) return refused({ outcome: 'unknown_model', model });
  return grant(
    state,
    session,
    { id, sessionId, model, inputTokens, outputTokens, reserved, fingerprint },
    terms,
    context,
  );
}

/** On a paid plan no call is refused or cut: what its session's hold does not cover of it is overshoot once it is used. */
function grantWhole(
  state: AccountState,
  { id, sessionId, model, inputTokens, maxOutputTokens, fingerprint }: AuthorizationRequest,
  context: DecisionContext,
): Decided<AuthorizationAnswer> {
  const session = sessionOf(state, sessionId);
  const { prices } = context.policyOf(context.policyVersion);
  const worst = worstPriceOfCall(model, inputTokens, maxOutputTokens, context.now, prices);
  if (worst === null) return { state, answer: { outcome: 'unknown_model', model } };
  const reserved = lesser(worst, unreservedOf(state, session));
  const granted = { id, sessionId, model, inputTokens, outputTokens: maxOutputTokens, reserved, fingerprint };
  const terms = termsInForce(state, periodOf(state, session.period), context);
  return grant(state, session, granted, terms, context);
}

/**
 * Decides one call before it is made. Usage that names the authorization settles it; if none comes, it expires when the
 * session would if nothing more were heard of it: an idle timeout after it was granted.
 */
export function decideAuthorization(
  before: AccountState,
  request: AuthorizationRequest,
  context: DecisionContext,
): Decided<AuthorizationAnswer> {
  const state = bringUpToDate(before, context);
  const known = state.authorizations.find(
    ({ id, sessionId }) => id === request.id && sessionId === request.sessionId,
  );
  if (known !== undefined) {
    return {
      state,
      answer:
        known.fingerprint === request.fingerprint
          ? { outcome: 'granted', authorization: known, isRepeat: true }
          : { outcome: 'id_reused' },
    };
  }
  const [standing] = standingLimits(state);
  if (standing !== undefined) return { state, answer: refusedBy([standing]) };
  const session = sessionOf(state, request.sessionId);
  if (session.endedAt !== null) return { state, answer: { outcome: 'session_ended' } };
  return isUpgraded(state) ? grantWhole(state, request, context) : reserve(state, request, context);
}

import { type MicroUsd, minus, noMoney, plus } from '../money.ts';
import { periodOf, sessionOf, withAuthorization, withPeriod, withSession } from './change.ts';
import type { AccountState, Authorization, AuthorizationClose, Session } from './state.ts';
import type { AuthorizationId } from '../ids.ts';
import type { Instant } from '../instant.ts';

/**
 * Open authorizations reserve parts of their session's hold: each call may use its own reservation and what no other
 * has reserved. An ended session still holds what they reserve, and nothing else.
 */
export const openAuthorizations = (state: AccountState, sessionId: Session['id']): readonly Authorization[] =>
  state.authorizations.filter(
    (authorization) => authorization.sessionId === sessionId && authorization.closedAt === null,
  );

/** A call of a session, and the authorization that it says it was made under, if any. */
export type NamedCall = {
  readonly sessionId: Session['id'];
  readonly authorizationId?: AuthorizationId | null;
};

export const authorizationOf = (
  state: AccountState,
  { sessionId, authorizationId }: NamedCall,
): Authorization | null =>
  state.authorizations.find(
    (candidate) => candidate.id === authorizationId && candidate.sessionId === sessionId,
  ) ?? null;

export const reservedOf = (state: AccountState, sessionId: Session['id']): MicroUsd =>
  openAuthorizations(state, sessionId).reduce((sum, { reserved }) => plus(sum, reserved), noMoney);

/** What of a session's hold no authorization has reserved. */
export const unreservedOf = (state: AccountState, session: Session): MicroUsd =>
  minus(session.held, reservedOf(state, session.id));

/** Leaves an ended session what its open authorizations reserve; the rest of its hold is free again. */
export function releaseEnded(state: AccountState, session: Session): AccountState {
  const held = reservedOf(state, session.id);
  const period = periodOf(state, session.period);
  return withSession(withPeriod(state, { ...period, held: minus(period.held, minus(session.held, held)) }), {
    ...session,
    held,
  });
}

/** Closes an authorization: what is left of its reservation goes back to its session, or is released if that has ended. */
export function closeAuthorization(
  state: AccountState,
  authorization: Authorization,
  close: AuthorizationClose,
  at: Instant,
): AccountState {
  const closed = withAuthorization(state, { ...authorization, closedAt: at, close });
  const session = sessionOf(closed, authorization.sessionId);
  return session.endedAt === null ? closed : releaseEnded(closed, session);
}

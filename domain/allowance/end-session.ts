import { bringUpToDate } from '../account/bring-up-to-date.ts';
import { sessionOf } from '../account/change.ts';
import type { DecisionContext } from '../account/context.ts';
import { settleSession } from '../account/settle.ts';
import type { AccountState, Session } from '../account/state.ts';
import type { Decided } from './admission.ts';

/** Ends a session on request; ending it again changes nothing and answers the same. */
export function decideEnd(
  before: AccountState,
  id: Session['id'],
  context: DecisionContext,
): Decided<Session> {
  const current = bringUpToDate(before, context);
  const session = sessionOf(current, id);
  const state =
    session.endedAt === null ? settleSession(current, session, 'ended', context.now, context) : current;
  return { state, answer: sessionOf(state, id) };
}

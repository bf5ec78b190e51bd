import { openAuthorizations, unreservedOf } from '../account/reservations.ts';
import type { AccountState, Session } from '../account/state.ts';
import type { Instant } from '../instant.ts';
import { type MicroUsd, plus } from '../money.ts';
import type { PriceTerms } from '../policy/prices.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { outputTokensThatFit } from '../pricing/worst-price.ts';

/** A call before it is made, by the model that will serve it. */
export type CallAsked = {
  readonly model: string;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
};

/** What a session has left for one more call, those that are authorized counted as made. */
type CallRoom = { readonly dollars: MicroUsd; readonly tokens: number };

/** A session without a limit of tokens has no end of them. */
export function callRoom(state: AccountState, session: Session, terms: PlanTerms): CallRoom {
  const reserved = openAuthorizations(state, session.id).reduce(
    (sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens,
    0,
  );
  return {
    dollars: unreservedOf(state, session),
    tokens: (terms.sessionTokens ?? Number.POSITIVE_INFINITY) - session.tokens - reserved,
  };
}

/** The most output tokens that a call may make; below zero where not even its input fits, null for a model without a price. */
export function outputThatFits(
  { model, inputTokens, maxOutputTokens }: CallAsked,
  room: CallRoom,
  at: Instant,
  prices: PriceTerms,
): number | null {
  const most = Math.min(maxOutputTokens, room.tokens - inputTokens);
  const fitting = outputTokensThatFit(model, inputTokens, Math.max(0, most), room.dollars, at, prices);
  return fitting === null ? null : Math.min(most, fitting);
}

/** A call that asks for output is of no use without any; one that asks for none, such as an embedding, is. */
export const isOfUse = (outputTokens: number, { maxOutputTokens }: CallAsked): boolean =>
  outputTokens >= Math.min(1, maxOutputTokens);

/**
 * When the call would fit if nothing more were heard of those that are authorized, which then expire. Null where the
 * session would end before it, or could not take the call at all.
 */
export function whenCallFits(
  state: AccountState,
  session: Session,
  call: CallAsked,
  terms: PlanTerms,
  prices: PriceTerms,
): Instant | null {
  const expiring = openAuthorizations(state, session.id)
    .filter(({ expiresAt }) => expiresAt < session.expiresAt)
    .sort((left, right) => left.expiresAt - right.expiresAt);
  let room = callRoom(state, session, terms);
  for (const { reserved, inputTokens, outputTokens, expiresAt } of expiring) {
    room = { dollars: plus(room.dollars, reserved), tokens: room.tokens + inputTokens + outputTokens };
    const fitting = outputThatFits(call, room, expiresAt, prices);
    if (fitting !== null && isOfUse(fitting, call)) return expiresAt;
  }
  return null;
}

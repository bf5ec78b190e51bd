import type { z } from 'zod';
import { periodOf, sessionOf } from '../domain/account/change.ts';
import { type DecisionContext, termsOfPeriod } from '../domain/account/context.ts';
import type { AccountState } from '../domain/account/state.ts';
import type { Decided } from '../domain/allowance/admission.ts';
import { type PriceBasis, priceBasis } from '../domain/allowance/price-basis.ts';
import { type UsageAnswer, decideUsage, decideUsageRepeat } from '../domain/allowance/usage.ts';
import { type SessionId, authorizationId, usageEventId } from '../domain/ids.ts';
import { type MicroUsd, microUsdFromDollars } from '../domain/money.ts';
import { priceOfCall } from '../domain/pricing/price-of-call.ts';
import { userView } from '../domain/usage-view.ts';
import type { StoredUsageEvent } from '../ledger/account-snapshot.ts';
import { sessionToApi } from './contract/session.ts';
import type { UsageBody, usageAnswer } from './contract/usage-event.ts';
import { usageViewToApi } from './contract/usage-view.ts';
import { refuseFuture } from './future.ts';
import { hashOf } from './idempotency.ts';
import { inBody } from './problems/problem.ts';

function costOf(event: UsageBody, { at, prices }: PriceBasis): MicroUsd {
  if (event.cost_usd !== undefined) return microUsdFromDollars(event.cost_usd);
  const model = event.model ?? '';
  const cost = priceOfCall(
    model,
    {
      inputTokens: event.input_tokens ?? 0,
      cachedInputTokens: event.cached_input_tokens ?? 0,
      cacheWriteTokens: event.cache_write_tokens ?? 0,
      outputTokens: event.output_tokens ?? 0,
      reasoningTokens: event.reasoning_tokens ?? 0,
    },
    at,
    prices,
  );
  if (cost !== null) return cost;
  throw inBody(
    'unknown-model',
    'model',
    `${model} has no known price: send cost_usd, or state the model under prices in the policy`,
  );
}

/** The fields by their names' order, in which `fingerprintOf` would sort them anew for each event. */
const inOrder = (event: UsageBody) =>
  ({
    authorization: event.authorization,
    cache_write_tokens: event.cache_write_tokens,
    cached_input_tokens: event.cached_input_tokens,
    cost_usd: event.cost_usd,
    id: event.id,
    input_sketch: event.input_sketch,
    input_tokens: event.input_tokens,
    model: event.model,
    occurred_at: event.occurred_at,
    output_tokens: event.output_tokens,
    reasoning_tokens: event.reasoning_tokens,
  }) satisfies Record<keyof UsageBody, unknown>;

/** What a repeat of an event is known by: as `fingerprintOf(event)`. */
export const fingerprintOfEvent = (event: UsageBody): string => hashOf(JSON.stringify(inOrder(event)));

/** True for a repeat of an event that is counted already. */
function isRepeat(known: StoredUsageEvent | null, id: SessionId, fingerprint: string): boolean {
  if (known === null) return false;
  if (known.sessionId === id && known.fingerprint === fingerprint) return true;
  throw inBody('usage-event-reused', 'id', 'stands for another usage event; give each call its own id');
}

/**
 * Counts one event of a session, once: `known` is the stored event under its id.
 * @throws Problem where the event is another one under a known id, has no price, or lies in the future.
 */
export function countEvent(
  before: AccountState,
  known: StoredUsageEvent | null,
  id: SessionId,
  event: UsageBody,
  context: DecisionContext,
): Decided<UsageAnswer> {
  refuseFuture('occurred_at', event.occurred_at, context.now);
  const fingerprint = fingerprintOfEvent(event);
  const call = {
    sessionId: id,
    authorizationId: event.authorization === undefined ? null : authorizationId(event.authorization),
  };
  if (isRepeat(known, id, fingerprint)) return decideUsageRepeat(before, call, context);
  return decideUsage(
    before,
    {
      id: usageEventId(event.id),
      ...call,
      cost: costOf(event, priceBasis(before, call, event.occurred_at ?? null, context)),
      model: event.model ?? null,
      inputTokens: event.input_tokens ?? null,
      cachedInputTokens: event.cached_input_tokens ?? null,
      cacheWriteTokens: event.cache_write_tokens ?? null,
      outputTokens: event.output_tokens ?? null,
      reasoningTokens: event.reasoning_tokens ?? null,
      occurredAt: event.occurred_at ?? null,
      inputSketch: event.input_sketch ?? null,
      fingerprint,
    },
    context,
  );
}

/** What the app is told of a counted event: whether the session may go on, and the user view. */
export function usageAnswerToApi(
  { state, answer }: Decided<UsageAnswer>,
  context: DecisionContext,
): z.output<typeof usageAnswer> {
  const session = sessionOf(state, answer.session.id);
  return {
    continue: answer.continue,
    limited_by: answer.limitedBy,
    ...(answer.authorization === null ? {} : { authorization: answer.authorization }),
    session: sessionToApi(session, termsOfPeriod(periodOf(state, session.period), context)),
    usage: usageViewToApi(userView(state, context, { kind: 'running', limitedBy: answer.limitedBy })),
  };
}

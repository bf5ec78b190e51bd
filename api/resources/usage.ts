import type { z } from 'zod';
import type { DecisionContext } from '../../domain/account/context.ts';
import { termsOfPeriod } from '../../domain/account/context.ts';
import { periodOf } from '../../domain/account/change.ts';
import { decideUsage, decideUsageRepeat, sessionOf } from '../../domain/allowance/usage.ts';
import { type SessionId, sessionId, usageEventId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { type MicroUsd, microUsdFromDollars } from '../../domain/money.ts';
import { priceOfCall } from '../../domain/pricing.ts';
import { userView } from '../../domain/usage-view.ts';
import type { LoadedAccount } from '../../ledger/load-account.ts';
import { type Decision, transact } from '../../ledger/transact.ts';
import { ofSession, sessionToApi } from '../contract/session.ts';
import { type UsageBody, usageAnswer, usageRequest } from '../contract/usage-event.ts';
import { usageViewToApi } from '../contract/usage-view.ts';
import { refuseFuture } from '../future.ts';
import { fingerprintOf } from '../idempotency.ts';
import { appOf } from '../mount.ts';
import { Problem, inBody } from '../problems/problem.ts';
import { route } from '../route.ts';

function costOf(event: UsageBody, at: Instant): MicroUsd {
  if (event.cost_usd !== undefined) return microUsdFromDollars(event.cost_usd);
  const model = event.model ?? '';
  const cost = priceOfCall(
    model,
    {
      inputTokens: event.input_tokens ?? 0,
      cachedInputTokens: event.cached_input_tokens ?? 0,
      outputTokens: event.output_tokens ?? 0,
    },
    at,
  );
  if (cost !== null) return cost;
  throw inBody('unknown-model', 'model', 'has no known price; send cost_usd instead');
}

/** True for a repeat of an event that is counted already. */
function isRepeat(loaded: LoadedAccount, id: SessionId, fingerprint: string): boolean {
  const known = loaded.usageEvent;
  if (known === null) return false;
  if (known.sessionId === id && known.fingerprint === fingerprint) return true;
  throw inBody('usage-event-reused', 'id', 'stands for another usage event; give each call its own id');
}

function decideEvent(
  loaded: LoadedAccount,
  context: DecisionContext,
  id: SessionId,
  event: UsageBody,
): Decision<z.output<typeof usageAnswer>> {
  refuseFuture('occurred_at', event.occurred_at, context.now);
  const fingerprint = fingerprintOf(event);
  const decided = isRepeat(loaded, id, fingerprint)
    ? decideUsageRepeat(loaded.state, id, context)
    : decideUsage(
        loaded.state,
        {
          id: usageEventId(event.id),
          sessionId: id,
          cost: costOf(event, event.occurred_at ?? context.now),
          model: event.model ?? null,
          inputTokens: event.input_tokens ?? null,
          cachedInputTokens: event.cached_input_tokens ?? null,
          cacheWriteTokens: null,
          outputTokens: event.output_tokens ?? null,
          reasoningTokens: event.reasoning_tokens ?? null,
          occurredAt: event.occurred_at ?? null,
          inputSketch: event.input_sketch ?? null,
          fingerprint,
        },
        context,
      );
  const { state, answer } = decided;
  const session = sessionOf(state, id);
  return {
    state,
    answer: {
      continue: answer.continue,
      limited_by: answer.limitedBy,
      session: sessionToApi(session, termsOfPeriod(periodOf(state, session.period), context)),
      usage: usageViewToApi(userView(state, context, { kind: 'running', limitedBy: answer.limitedBy })),
    },
  };
}

export const reportUsage = route({
  method: 'post',
  path: '/v1/sessions/:session/usage',
  operation: 'reportUsage',
  summary: 'Report one call of a session, in tokens or in dollars; counted once by its id',
  tag: 'Sessions',
  scope: 'app',
  params: ofSession,
  body: usageRequest,
  answers: {
    200: { description: 'Counted, and whether the session may go on', schema: usageAnswer },
  },
  problems: ['not-found', 'unknown-model', 'impossible-time', 'usage-event-reused', 'account-busy'],
  handle: async ({ params, body, caller }, { ledger }) => {
    const id = sessionId(params.session);
    const done = await transact(
      ledger,
      { appId: appOf(caller), sessionId: id, usageEventId: body.id },
      (loaded, context) => decideEvent(loaded, context, id, body),
    );
    if (done === null) throw new Problem('not-found', 'session: this app has no such session');
    return { status: 200, body: done.answer };
  },
});

import type { z } from 'zod';
import { periodOf, sessionOf } from '../../domain/account/change.ts';
import { type DecisionContext, termsOfPeriod } from '../../domain/account/context.ts';
import type { AccountState } from '../../domain/account/state.ts';
import {
  type AuthorizationAnswer,
  type AuthorizationRequest,
  decideAuthorization,
} from '../../domain/allowance/authorization.ts';
import { authorizationId, sessionId } from '../../domain/ids.ts';
import { userView } from '../../domain/usage-view.ts';
import { transact } from '../../ledger/transact.ts';
import { authorizationRequest, authorizationToApi, authorized } from '../contract/authorization.ts';
import { ofSession, refused, sessionToApi } from '../contract/session.ts';
import { usageViewToApi } from '../contract/usage-view.ts';
import { fingerprintOf } from '../idempotency.ts';
import { appOf } from '../caller.ts';
import { Problem, inBody } from '../problems/problem.ts';
import { refusal } from '../refusal.ts';
import type { Reply } from '../reply.ts';
import { route } from '../route.ts';

/** @throws Problem where the request itself is at fault */
function replyTo(
  answer: AuthorizationAnswer,
  request: AuthorizationRequest,
  state: AccountState,
  context: DecisionContext,
): Reply {
  switch (answer.outcome) {
    case 'granted': {
      const session = sessionOf(state, request.sessionId);
      const body: z.output<typeof authorized> = {
        authorization: authorizationToApi(answer.authorization),
        session: sessionToApi(session, termsOfPeriod(periodOf(state, session.period), context)),
        usage: usageViewToApi(userView(state, context, { kind: 'running', limitedBy: null })),
      };
      return { status: 201, body };
    }
    case 'refused':
      return refusal(answer.refusal, state, context);
    case 'id_reused':
      throw inBody('authorization-reused', 'id', 'stands for another call; give each call its own id');
    case 'session_ended':
      throw new Problem('session-ended', 'Start a new session and authorize the call in it.');
    case 'model_not_in_tier':
      throw inBody(
        'model-not-in-tier',
        'model',
        `${request.model} is not part of this session’s tier; use ${answer.allowed.join(' or ')}`,
      );
    case 'unknown_model':
      throw inBody(
        'unknown-model',
        'model',
        `${answer.model} has no known price: state it under prices in the policy`,
      );
    default:
      return answer satisfies never;
  }
}

/** As the metric counts it: `reduced` where fewer output tokens fit than were asked for. */
function outcomeOf(answer: AuthorizationAnswer, request: AuthorizationRequest): string {
  if (answer.outcome !== 'granted') return answer.outcome;
  if (answer.isRepeat) return 'repeated';
  return answer.authorization.outputTokens < request.maxOutputTokens ? 'reduced' : 'granted';
}

export const authorizeCall = route({
  method: 'post',
  path: '/v1/sessions/:session/authorizations',
  operation: 'authorizeCall',
  summary: 'Reserve the worst price of one call, and learn how many output tokens fit',
  tag: 'Sessions',
  scope: 'app',
  params: ofSession,
  body: authorizationRequest,
  repeats: 'by_own_id',
  answers: {
    201: { description: 'Reserved, now or before, until usage names it or it expires', schema: authorized },
    403: { description: 'Refused until a person has decided', schema: refused },
    429: { description: 'No call fits into the session any more', schema: refused },
  },
  problems: [
    'not-found',
    'session-ended',
    'authorization-reused',
    'model-not-in-tier',
    'unknown-model',
    'account-busy',
  ],
  handle: async ({ params, body, caller }, { ledger, metrics }) => {
    const request: AuthorizationRequest = {
      id: authorizationId(body.id),
      sessionId: sessionId(params.session),
      model: body.model,
      inputTokens: body.input_tokens,
      maxOutputTokens: body.max_output_tokens,
      fingerprint: fingerprintOf(body),
    };
    const address = { appId: appOf(caller), sessionId: request.sessionId, authorizationIds: [request.id] };
    const done = await transact(ledger, address, (loaded, context) => {
      const { state, answer } = decideAuthorization(loaded.state, request, context);
      const reply = replyTo(answer, request, state, context);
      return { state, answer: { reply, outcome: outcomeOf(answer, request) } };
    });
    if (done === null) throw new Problem('not-found', 'session: this app has no such session');
    metrics.countAuthorization(done.answer.outcome);
    return done.answer.reply;
  },
});

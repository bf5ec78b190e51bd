import type { z } from 'zod';
import { currentTerms, type DecisionContext, termsOfPeriod } from '../../domain/account/context.ts';
import { periodOf } from '../../domain/account/change.ts';
import type { AccountState } from '../../domain/account/state.ts';
import { type Admission, decideAdmission } from '../../domain/allowance/admission.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import { type SessionId, sessionId, userId } from '../../domain/ids.ts';
import { userView } from '../../domain/usage-view.ts';
import type { LoadedAccount } from '../../ledger/account-snapshot.ts';
import type { Decision } from '../../ledger/decision.ts';
import { transact } from '../../ledger/transact.ts';
import { given } from '../contract/fields.ts';
import {
  admitted,
  confirm,
  ended,
  ofSession,
  ofUser,
  refused,
  sessionRequest,
  sessionToApi,
} from '../contract/session.ts';
import { usageViewToApi } from '../contract/usage-view.ts';
import { type Keyed, replayed } from '../idempotency.ts';
import { appOf } from '../caller.ts';
import { Problem } from '../problems/problem.ts';
import { rateLimitHeaders } from '../rate-limit.ts';
import { refusal } from '../refusal.ts';
import type { Reply } from '../reply.ts';
import { route } from '../route.ts';

const tag = 'Sessions';

function replyTo(admission: Admission, state: AccountState, context: DecisionContext): Reply {
  switch (admission.outcome) {
    case 'admitted': {
      const view = userView(state, context, { kind: 'admitted', tier: admission.session.tier });
      return {
        status: 201,
        body: {
          outcome: 'admitted',
          session: sessionToApi(admission.session, currentTerms(state, context)),
          usage: usageViewToApi(view),
        } satisfies z.output<typeof admitted>,
        headers: rateLimitHeaders(view, context.now),
      };
    }
    case 'confirm': {
      const view = userView(state, context, { kind: 'confirm' });
      return {
        status: 200,
        body: { outcome: 'confirm', usage: usageViewToApi(view) } satisfies z.output<typeof confirm>,
        headers: rateLimitHeaders(view, context.now),
      };
    }
    case 'refused':
      return refusal(admission.refusal, state, context);
    default:
      return admission satisfies never;
  }
}

type AdmissionAnswer = { readonly reply: Reply; readonly admission: Admission | null };

function decideSession(
  loaded: LoadedAccount,
  context: DecisionContext,
  body: z.output<typeof sessionRequest>,
  keyed: Keyed | null,
): Decision<AdmissionAnswer> {
  const before = replayed(loaded.answers, keyed);
  if (before !== null) return { state: loaded.state, answer: { reply: before, admission: null } };
  const { state, answer } = decideAdmission(
    loaded.state,
    {
      confirmed: body.confirmed ?? false,
      client: body.client === undefined ? null : given(body.client),
      metadata: body.metadata ?? null,
    },
    context,
  );
  const reply = replyTo(answer, state, context);
  const isStored = keyed !== null && answer.outcome === 'admitted';
  return {
    state,
    answer: { reply, admission: answer },
    remember: isStored ? { ...keyed, status: reply.status, body: reply.body } : null,
  };
}

export const startSession = route({
  method: 'post',
  path: '/v1/users/:user/sessions',
  operation: 'startSession',
  summary: 'Ask for a session: admitted, to be confirmed, or refused',
  tag,
  scope: 'app',
  params: ofUser,
  body: sessionRequest,
  repeats: 'in_commit',
  answers: {
    200: { description: 'Ask the user, and repeat with `confirmed: true`', schema: confirm },
    201: { description: 'Admitted', schema: admitted },
    403: { description: 'Refused until a person has decided', schema: refused },
    429: { description: 'Refused until `resets_at`', schema: refused },
  },
  problems: ['account-busy'],
  handle: async ({ params, body, caller, keyed }, { ledger, metrics }) => {
    const user = userId(params.user);
    const address = { appId: appOf(caller), userId: user };
    const done = await transact(
      ledger,
      keyed === null ? address : { ...address, idempotencyKey: keyed.key },
      (loaded, context) => decideSession(loaded, context, body, keyed),
    );
    if (done === null) throw new Problem('not-found', 'The app of this key is gone.');
    const { reply, admission } = done.answer;
    if (admission !== null) {
      const limitedBy = admission.outcome === 'refused' ? admission.refusal.limitedBy : null;
      metrics.countAdmission(admission.outcome, limitedBy);
    }
    return reply;
  },
});

function decideToEnd(
  loaded: LoadedAccount,
  context: DecisionContext,
  id: SessionId,
  keyed: Keyed | null,
): Decision<Reply> {
  const before = replayed(loaded.answers, keyed);
  if (before !== null) return { state: loaded.state, answer: before };
  const { state, answer: session } = decideEnd(loaded.state, id, context);
  const body: z.output<typeof ended> = {
    session: sessionToApi(session, termsOfPeriod(periodOf(state, session.period), context)),
    usage: usageViewToApi(userView(state, context, { kind: 'standing' })),
  };
  const hasEndedNow = session.endedVersion === loaded.state.account.version + 1;
  const isStored = keyed !== null && hasEndedNow;
  return {
    state,
    answer: { status: 200, body },
    remember: isStored ? { ...keyed, status: 200, body } : null,
  };
}

export const endSession = route({
  method: 'post',
  path: '/v1/sessions/:session/end',
  operation: 'endSession',
  summary: 'End a session: what it held and did not use is free again',
  tag,
  scope: 'app',
  params: ofSession,
  repeats: 'in_commit',
  answers: { 200: { description: 'Ended, now or before', schema: ended } },
  problems: ['not-found', 'account-busy'],
  handle: async ({ params, caller, keyed }, { ledger }) => {
    const id = sessionId(params.session);
    const address = { appId: appOf(caller), sessionId: id };
    const done = await transact(
      ledger,
      keyed === null ? address : { ...address, idempotencyKey: keyed.key },
      (loaded, context) => decideToEnd(loaded, context, id, keyed),
    );
    if (done === null) throw new Problem('not-found', 'session: this app has no such session');
    return done.answer;
  },
});

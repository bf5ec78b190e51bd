import type { z } from 'zod';
import { currentTerms, type DecisionContext, termsOfPeriod } from '../../domain/account/context.ts';
import { periodOf } from '../../domain/account/change.ts';
import type { AccountState } from '../../domain/account/state.ts';
import { type Admission, decideAdmission } from '../../domain/allowance/admission.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import { sessionId, userId } from '../../domain/ids.ts';
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
import { fingerprintOf, idempotencyKeyOf } from '../idempotency.ts';
import { appOf } from '../mount.ts';
import { Problem } from '../problems/problem.ts';
import { rateLimitHeaders } from '../rate-limit.ts';
import { refusal } from '../refusal.ts';
import { type Reply, route } from '../route.ts';

type Keyed = { readonly key: string; readonly fingerprint: string } | null;

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

/** A repeated request is answered as the first was; another request under the same key is a mistake. */
function replayed(loaded: LoadedAccount, keyed: NonNullable<Keyed>): Reply | null {
  const answer = loaded.answers.find(({ key }) => key === keyed.key);
  if (answer === undefined) return null;
  if (answer.fingerprint !== keyed.fingerprint) {
    throw new Problem('idempotency-key-reused', 'Send a new Idempotency-Key with a new request.');
  }
  return {
    status: answer.status,
    body: answer.body,
    headers: { 'Idempotent-Replayed': 'true' },
  };
}

type AdmissionAnswer = { readonly reply: Reply; readonly admission: Admission | null };

function decideSession(
  loaded: LoadedAccount,
  context: DecisionContext,
  body: z.output<typeof sessionRequest>,
  keyed: Keyed,
): Decision<AdmissionAnswer> {
  const before = keyed === null ? null : replayed(loaded, keyed);
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
  headers: { 'Idempotency-Key': 'Makes a repeated request the same session; kept for 24 hours.' },
  answers: {
    200: { description: 'Ask the user, and repeat with `confirmed: true`', schema: confirm },
    201: { description: 'Admitted', schema: admitted },
    403: { description: 'Refused until a person has decided', schema: refused },
    429: { description: 'Refused until `resets_at`', schema: refused },
  },
  problems: ['idempotency-key-reused', 'account-busy'],
  handle: async ({ params, body, header, caller }, { ledger, metrics }) => {
    const user = userId(params.user);
    const key = idempotencyKeyOf(header('idempotency-key'));
    // `confirmed` is not part of what a repeat is known by: the answer "confirm" asks for the same request with it.
    const { confirmed: _, ...asked } = body;
    const keyed = key === null ? null : { key, fingerprint: fingerprintOf({ user, ...asked }) };
    const address = { appId: appOf(caller), userId: user };
    const done = await transact(
      ledger,
      key === null ? address : { ...address, idempotencyKey: key },
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

export const endSession = route({
  method: 'post',
  path: '/v1/sessions/:session/end',
  operation: 'endSession',
  summary: 'End a session: what it held and did not use is free again',
  tag,
  scope: 'app',
  params: ofSession,
  answers: { 200: { description: 'Ended, now or before', schema: ended } },
  problems: ['not-found', 'account-busy'],
  handle: async ({ params, caller }, { ledger }) => {
    const id = sessionId(params.session);
    const done = await transact(
      ledger,
      { appId: appOf(caller), sessionId: id },
      ({ state: before }, context) => {
        const { state, answer: session } = decideEnd(before, id, context);
        const body: z.output<typeof ended> = {
          session: sessionToApi(session, termsOfPeriod(periodOf(state, session.period), context)),
          usage: usageViewToApi(userView(state, context, { kind: 'standing' })),
        };
        return { state, answer: body };
      },
    );
    if (done === null) throw new Problem('not-found', 'session: this app has no such session');
    return { status: 200, body: done.answer };
  },
});

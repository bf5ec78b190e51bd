import { sessionId } from '../../domain/ids.ts';
import { transact } from '../../ledger/transact.ts';
import { ofSession } from '../contract/session.ts';
import { usageAnswer, usageRequest } from '../contract/usage-event.ts';
import { countEvent, usageAnswerToApi } from '../count-event.ts';
import { appOf } from '../caller.ts';
import { Problem } from '../problems/problem.ts';
import { route } from '../route.ts';

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
  repeats: 'by_own_id',
  problems: ['not-found', 'unknown-model', 'impossible-time', 'usage-event-reused', 'account-busy'],
  handle: async ({ params, body, caller }, { ledger, metrics }) => {
    const id = sessionId(params.session);
    const done = await transact(
      ledger,
      {
        appId: appOf(caller),
        sessionId: id,
        usageEventIds: [body.id],
        ...(body.authorization === undefined ? {} : { authorizationIds: [body.authorization] }),
      },
      ({ state, usageEvents }, context) => {
        const counted = countEvent(state, usageEvents[0] ?? null, id, body, context);
        const { overshoot } = counted.answer;
        return { state: counted.state, answer: { overshoot, body: usageAnswerToApi(counted, context) } };
      },
    );
    if (done === null) throw new Problem('not-found', 'session: this app has no such session');
    metrics.countOvershoot(done.answer.overshoot);
    return { status: 200, body: done.answer.body };
  },
});

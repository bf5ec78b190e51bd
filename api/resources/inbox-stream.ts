import { z } from 'zod';
import { userId } from '../../domain/ids.ts';
import { newNotices } from '../../ledger/notices.ts';
import { appOf } from '../caller.ts';
import { ofUser } from '../contract/session.ts';
import { Problem } from '../problems/problem.ts';
import { route } from '../route.ts';

/** A position is a whole number; what is none was not given by us. */
function positionOf(header: string | undefined): number | null {
  if (header === undefined || header === '') return null;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  const message = 'must be the id of an event of this stream';
  throw new Problem('invalid-request', `Last-Event-ID: ${message}`, {
    errors: [{ in: 'header', parameter: 'Last-Event-ID', message }],
  });
}

export const streamInbox = route({
  method: 'get',
  path: '/v1/users/:user/inbox/stream',
  operation: 'streamInbox',
  summary: 'Notices as they come, as server-sent events; at first those that were neither seen nor dismissed',
  tag: 'Inbox',
  scope: 'app',
  users: true,
  tokenInQuery: true,
  mediaType: 'text/event-stream',
  headers: { 'Last-Event-ID': 'The last event that was received: the stream goes on after it.' },
  params: ofUser,
  query: z.strictObject({
    access_token: z
      .string()
      .regex(/^[\w.-]{1,2000}$/, 'must be a token of POST /v1/users/{user}/tokens')
      .optional()
      .meta({ description: "The user's token, where no header can be sent: a browser's EventSource." }),
  }),
  answers: {
    200: { description: 'Events of the kind `notice`; their data is a Notice', schema: z.string() },
  },
  problems: ['not-found', 'too-many-streams'],
  handle: async ({ params, caller, header }, { ledger, streams }) => {
    const account = { appId: appOf(caller), userId: userId(params.user) };
    const after = positionOf(header('last-event-id'));
    if ((await newNotices(ledger.pool, account, after)) === null)
      throw new Problem('not-found', 'user: this app has no such user');
    streams.admit(account);
    return { status: 200, stream: (response) => streams.open(account, after, response) };
  },
});

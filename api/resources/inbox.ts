import { z } from 'zod';
import { userId } from '../../domain/ids.ts';
import { listNotices, markNotice } from '../../ledger/notices.ts';
import type { Queryable } from '../../ledger/pool.ts';
import { type Caller, appOf } from '../caller.ts';
import { printableId } from '../contract/fields.ts';
import { notice, noticeToApi } from '../contract/notice.ts';
import { ofUser } from '../contract/session.ts';
import { Problem } from '../problems/problem.ts';
import type { Reply } from '../reply.ts';
import { route } from '../route.ts';

const tag = 'Inbox';

export const getInbox = route({
  method: 'get',
  path: '/v1/users/:user/inbox',
  operation: 'getInbox',
  summary: 'Notices for the user that were not dismissed, newest first',
  tag,
  scope: 'app',
  users: true,
  params: ofUser,
  query: z.strictObject({
    include: z.enum(['dismissed']).optional(),
    /** The last notice of the page before. */
    after: printableId.optional(),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  answers: {
    200: {
      description: 'A page of them',
      schema: z.object({ notices: z.array(notice), next: z.string().nullable() }).meta({ id: 'Inbox' }),
    },
  },
  problems: ['not-found'],
  handle: async ({ params, query, caller }, { ledger }) => {
    const account = { appId: appOf(caller), userId: userId(params.user) };
    const { after = null, limit } = query;
    const dismissedToo = query.include === 'dismissed';
    const found = await listNotices(ledger.pool, account, { after, dismissedToo, limit: limit + 1 });
    if (found === null) throw new Problem('not-found', 'user: this app has no such user');
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
    return { status: 200, body: { notices: page.map(noticeToApi), next } };
  },
});

const ofNotice = z.object({ user: printableId, notice: printableId });

async function mark(
  db: Queryable,
  caller: Caller,
  params: z.output<typeof ofNotice>,
  as: 'seen' | 'dismissed',
): Promise<Reply> {
  const account = { appId: appOf(caller), userId: userId(params.user) };
  const marked = await markNotice(db, account, params.notice, as);
  if (marked === null) throw new Problem('not-found', 'notice: this user has no such notice');
  return { status: 200, body: noticeToApi(marked) };
}

export const seeNotice = route({
  method: 'post',
  path: '/v1/users/:user/inbox/:notice/seen',
  operation: 'seeNotice',
  summary: 'Mark a notice as seen; the first time stays',
  tag,
  scope: 'app',
  users: true,
  params: ofNotice,
  answers: { 200: { description: 'The notice', schema: notice } },
  problems: ['not-found'],
  repeats: 'in_transaction',
  handle: ({ params, caller }, { db }) => mark(db, caller, params, 'seen'),
});

export const dismissNotice = route({
  method: 'post',
  path: '/v1/users/:user/inbox/:notice/dismissed',
  operation: 'dismissNotice',
  summary: 'Take a notice off the list; the first time stays, and it counts as seen',
  tag,
  scope: 'app',
  users: true,
  params: ofNotice,
  answers: { 200: { description: 'The notice', schema: notice } },
  problems: ['not-found'],
  repeats: 'in_transaction',
  handle: ({ params, caller }, { db }) => mark(db, caller, params, 'dismissed'),
});

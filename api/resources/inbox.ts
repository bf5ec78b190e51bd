import { z } from 'zod';
import { userId } from '../../domain/ids.ts';
import type { StoredNotice } from '../../domain/notice/notice.ts';
import { listNotices, markNoticeSeen } from '../../ledger/notices.ts';
import { printableId, toTime } from '../contract/fields.ts';
import { ofUser } from '../contract/session.ts';
import { appOf } from '../mount.ts';
import { Problem } from '../problems/problem.ts';
import { route } from '../route.ts';

const tag = 'Inbox';

const notice = z
  .object({
    id: z.string(),
    kind: z.enum(['nudge', 'reset', 'reset_soon']),
    threshold: z.int().optional(),
    period: z.int(),
    text: z.string(),
    created_at: z.iso.datetime(),
    seen_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Notice' });

const toApi = (stored: StoredNotice): z.output<typeof notice> => ({
  id: stored.id,
  kind: stored.kind,
  ...(stored.threshold === null ? {} : { threshold: stored.threshold }),
  period: stored.period,
  text: stored.text,
  created_at: toTime(stored.createdAt),
  seen_at: stored.seenAt === null ? null : toTime(stored.seenAt),
});

export const getInbox = route({
  method: 'get',
  path: '/v1/users/:user/inbox',
  operation: 'getInbox',
  summary: 'Notices for the user, newest first',
  tag,
  scope: 'app',
  params: ofUser,
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(50) }),
  answers: { 200: { description: 'Notices', schema: z.object({ notices: z.array(notice) }) } },
  problems: ['not-found'],
  handle: async ({ params, query, caller }, { ledger }) => {
    const account = { appId: appOf(caller), userId: userId(params.user) };
    const notices = await listNotices(ledger.pool, account, query.limit);
    if (notices === null) throw new Problem('not-found', 'user: this app has no such user');
    return { status: 200, body: { notices: notices.map(toApi) } };
  },
});

export const seeNotice = route({
  method: 'post',
  path: '/v1/users/:user/inbox/:notice/seen',
  operation: 'seeNotice',
  summary: 'Mark a notice as seen; the first time stays',
  tag,
  scope: 'app',
  params: z.object({ user: printableId, notice: printableId }),
  answers: { 200: { description: 'The notice', schema: notice } },
  problems: ['not-found'],
  repeats: 'in_transaction',
  handle: async ({ params, caller }, { db }) => {
    const account = { appId: appOf(caller), userId: userId(params.user) };
    const seen = await markNoticeSeen(db, account, params.notice);
    if (seen === null) throw new Problem('not-found', 'notice: this user has no such notice');
    return { status: 200, body: toApi(seen) };
  },
});

import { z } from 'zod';
import { userId } from '../../domain/ids.ts';
import { instant } from '../../domain/instant.ts';
import { type Passage, storyPage } from '../../domain/story/story.ts';
import { readRecord } from '../../ledger/story.ts';
import { time } from '../contract/fields.ts';
import { ofUser } from '../contract/session.ts';
import { entryToApi, entryView } from '../contract/timeline.ts';
import { appOf } from '../caller.ts';
import { Problem } from '../problems/problem.ts';
import { route } from '../route.ts';

const place = z.tuple([z.int().min(0), z.string()]);

/** Opaque to callers: the instant and id of the entry that the last page ended with. */
const cursorOf = ({ at, id }: NonNullable<Passage['after']>): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

const cursor = z
  .string()
  .max(1_000, 'must be a cursor from the field next')
  .transform((text, context) => {
    try {
      const [at, id] = place.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
      return { at: instant(at), id };
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a cursor from the field next' });
      return z.NEVER;
    }
  })
  .meta({ type: 'string', description: 'The field `next` of the page before' });

export const getTimeline = route({
  method: 'get',
  path: '/v1/users/:user/timeline',
  operation: 'getTimeline',
  summary:
    'Why a user was limited: everything that happened to the account, with the arithmetic of each decision',
  tag: 'Limits',
  scope: 'growth',
  params: ofUser,
  query: z.strictObject({
    from: time.optional(),
    to: time.optional(),
    period: z.coerce.number().int().min(1).max(1_000_000).optional(),
    order: z.enum(['oldest', 'newest']).default('oldest'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    cursor: cursor.optional(),
  }),
  answers: {
    200: {
      description: 'A page of the story, and where it goes on',
      schema: z
        .object({ user: z.string(), entries: z.array(entryView), next: z.string().nullable() })
        .meta({ id: 'Timeline' }),
    },
  },
  problems: ['not-found'],
  handle: async ({ params, query, caller }, { ledger }) => {
    const stored = await readRecord(ledger, { appId: appOf(caller), userId: userId(params.user) });
    if (stored === null) throw new Problem('not-found', 'user: this app has no such user');
    const passage: Passage = {
      from: query.from ?? null,
      to: query.to ?? null,
      period: query.period ?? null,
      newestFirst: query.order === 'newest',
      limit: query.limit,
      after: query.cursor ?? null,
    };
    const { entries, next } = storyPage(stored.record, passage, stored);
    return {
      status: 200,
      body: {
        user: params.user,
        entries: entries.map(entryToApi),
        next: next === null ? null : cursorOf(next),
      },
    };
  },
});

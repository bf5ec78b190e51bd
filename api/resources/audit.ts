import { z } from 'zod';
import { appId } from '../../domain/ids.ts';
import { type AuditEntry, listAudit } from '../../ledger/audit.ts';
import { appName, printableId, text, time, toTime } from '../contract/fields.ts';
import { Problem } from '../problems/problem.ts';
import { route } from '../route.ts';

const entryView = z
  .object({
    id: z.int(),
    /** Null where it is about the whole service. */
    app: z.string().nullable(),
    actor: z.string(),
    act: z.string(),
    subject: z.string(),
    details: z.record(z.string(), z.unknown()),
    at: z.iso.datetime(),
  })
  .meta({ id: 'AuditEntry' });

const toApi = ({ at, details, ...entry }: AuditEntry): z.output<typeof entryView> => ({
  ...entry,
  details: { ...details },
  at: toTime(at),
});

export const getAudit = route({
  method: 'get',
  path: '/v1/audit',
  operation: 'listAudit',
  summary: 'What people and administrators did, the newest first',
  tag: 'Audit',
  scope: ['growth', 'admin'],
  query: z.strictObject({
    /** A key of an app sees that app alone. */
    app: appName.optional(),
    actor: text(200).min(1).optional(),
    /** An act such as `key.issue`, or its kind: `key`. */
    act: z
      .string()
      .regex(/^[a-z_]{1,40}(\.[a-z_]{1,40})?$/, 'must be an act such as key.issue, or its kind')
      .optional(),
    subject: printableId.optional(),
    since: time.optional(),
    until: time.optional(),
    /** The last entry of the page before. */
    after: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  answers: {
    200: {
      description: 'A page of them',
      schema: z.object({ entries: z.array(entryView), next: z.int().nullable() }).meta({ id: 'Audit' }),
    },
  },
  problems: [],
  handle: async ({ query, caller }, { db }) => {
    const asked = query.app === undefined ? null : appId(query.app);
    if (caller.appId !== null && asked !== null && asked !== caller.appId)
      throw new Problem('forbidden', 'app: this key is of another app');
    const { actor = null, act = null, subject = null, since = null, until = null, after = null } = query;
    const filter = { actor, act, subject, since, until, after, limit: query.limit + 1 };
    const found = await listAudit(db, { app: caller.appId ?? asked, ...filter });
    const page = found.slice(0, query.limit);
    const next = found.length > query.limit ? (page.at(-1)?.id ?? null) : null;
    return { status: 200, body: { entries: page.map(toApi), next } };
  },
});

import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { fold } from '../../domain/account/entitlement.ts';
import { reviewId } from '../../domain/ids.ts';
import { evidenceOf } from '../../domain/risk/evidence.ts';
import { type ReviewAnswer, decideReview } from '../../domain/risk/review-decision.ts';
import { findCommand } from '../../ledger/commands.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { type StoredReview, findReview, listReviews } from '../../ledger/reviews.ts';
import { type AccountKey, readTotals } from '../../ledger/totals.ts';
import { transact } from '../../ledger/transact.ts';
import { printableId, text, toTime, toTimeOrNull } from '../contract/fields.ts';
import { actorOf, appOf } from '../caller.ts';
import { Problem } from '../problems/problem.ts';
import type { Reply } from '../reply.ts';
import { type Services, route } from '../route.ts';

const tag = 'Reviews';

/** `released`: a restriction that a re-check lifted, because its evidence has gone. */
const status = z.enum(['open', 'approved', 'rejected', 'released']);

const review = z
  .object({
    id: z.string(),
    user: z.string(),
    status,
    opened_at: z.iso.datetime(),
    due_at: z.iso.datetime(),
    score: z.int(),
    evidence: z.array(z.object({ signal: z.string(), points: z.int(), detail: z.string() })),
    decided_at: z.iso.datetime().nullable(),
    decided_by: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'Review' });

const toApi = (stored: StoredReview): z.output<typeof review> => ({
  id: stored.id,
  user: stored.userId,
  status: stored.status,
  opened_at: toTime(stored.openedAt),
  due_at: toTime(stored.dueAt),
  score: stored.score,
  evidence: evidenceOf(stored),
  decided_at: toTimeOrNull(stored.decidedAt),
  decided_by: stored.decidedBy,
  note: stored.note,
});

export const getReviews = route({
  method: 'get',
  path: '/v1/reviews',
  operation: 'listReviews',
  summary: 'Accounts that were flagged, the ones due first on top',
  tag,
  scope: 'growth',
  query: z.strictObject({
    status: status.default('open'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  answers: { 200: { description: 'Reviews', schema: z.object({ reviews: z.array(review) }) } },
  problems: [],
  handle: async ({ query, caller }, { ledger }) => {
    const reviews = await listReviews(ledger.pool, appOf(caller), query.status, query.limit);
    return { status: 200, body: { reviews: reviews.map(toApi) } };
  },
});

const decisionRequest = z
  .strictObject({
    decision: z.enum(['approve', 'reject']),
    note: text(2_000).default(''),
    by: text(200).min(1).optional(),
  })
  .meta({ id: 'ReviewDecision' });

const decided = z
  .object({
    review: z.string(),
    standing: z.enum(['good', 'restricted', 'under_review', 'suspended']),
    /** `applied`: the workflow has taken it in; `accepted`: it is in force and on its way there. */
    state: z.enum(['applied', 'accepted']),
  })
  .meta({ id: 'ReviewDecided' });

type Act = {
  readonly review: StoredReview;
  readonly decision: z.output<typeof decisionRequest>;
  readonly by: string;
  readonly key: string;
};

/** Writes the decision as a command of the ledger, where it is in force at once; answers with its number. */
async function writeCommand(ledger: Ledger, account: AccountKey, act: Act): Promise<number> {
  const written = await findCommand(ledger.pool, account, act.key);
  if (written !== null) return written;
  const done = await transact<ReviewAnswer>(ledger, account, ({ state }, context) =>
    decideReview(
      state,
      {
        reviewId: act.review.id,
        decision: act.decision.decision,
        by: act.by,
        note: act.decision.note,
        key: act.key,
      },
      context,
    ),
  );
  if (done?.answer.outcome === 'decided') return done.answer.command;
  throw new Problem(
    'already-decided',
    `This review was ${act.review.status} before; read it with GET /v1/reviews?status=${act.review.status}.`,
  );
}

async function tellWorkflow(
  services: Services,
  account: AccountKey,
  command: number,
  id: string,
): Promise<Reply> {
  const [totals] = await readTotals(services.ledger, [account]);
  if (totals === undefined) throw new Problem('not-found', 'user: this app has no such user');
  const answer = await services.workflows.decide(totals, command);
  const { standing } = answer ?? fold(totals.entitlement, totals.commands);
  const body: z.output<typeof decided> = {
    review: id,
    standing,
    state: answer === null ? 'accepted' : 'applied',
  };
  return { status: answer === null ? 202 : 200, body };
}

export const decideOnReview = route({
  method: 'post',
  path: '/v1/reviews/:review/decision',
  operation: 'decideReview',
  summary: 'A person’s word on a flagged account; an approval also undoes a rejection',
  tag,
  scope: 'growth',
  params: z.object({ review: printableId }),
  body: decisionRequest,
  answers: {
    200: { description: 'In force, and the workflow has taken it in', schema: decided },
    202: { description: 'In force; the workflow will hear of it', schema: decided },
  },
  problems: ['not-found', 'already-decided', 'account-busy'],
  handle: async ({ params, body, caller, keyed }, services) => {
    const appId = appOf(caller);
    const found = await findReview(services.ledger.pool, appId, reviewId(params.review));
    if (found === null) throw new Problem('not-found', 'review: this app has no such review');
    const account = { appId, userId: found.userId };
    // The fingerprint keeps the act apart from another under a key that has been forgotten after its day.
    const key = keyed === null ? uuid() : `${keyed.key}-${keyed.fingerprint}`;
    const by = body.by ?? actorOf(caller);
    const command = await writeCommand(services.ledger, account, {
      review: found,
      decision: body,
      by,
      key: `api-${found.id}-${key}`,
    });
    return tellWorkflow(services, account, command, found.id);
  },
});

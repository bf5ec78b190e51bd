import { z } from 'zod';
import { type LoggedDelivery, listDeliveries, resendDelivery } from '../../ledger/delivery-log.ts';
import { printableId, toTime, toTimeOrNull } from '../contract/fields.ts';
import { actorOf, appOf } from '../caller.ts';
import { Problem } from '../problems/problem.ts';
import { route } from '../route.ts';

const tag = 'Webhooks';

const deliveryView = z
  .object({
    id: z.string(),
    /** The `webhook-id` that its receiver sees. */
    message: z.string(),
    user: z.string(),
    channel: z.enum(['webhook', 'email']),
    webhook: z.string().nullable(),
    event: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    last_error: z.string().nullable(),
    next_attempt_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Delivery' });

const toApi = (delivery: LoggedDelivery): z.output<typeof deliveryView> => ({
  id: delivery.id,
  message: delivery.messageId,
  user: delivery.user,
  channel: delivery.channel === 'email' ? 'email' : 'webhook',
  webhook: delivery.channel === 'webhook' && delivery.target !== '' ? delivery.target : null,
  event: delivery.event,
  status: delivery.status,
  attempts: delivery.attempts,
  last_error: delivery.lastError,
  next_attempt_at: toTimeOrNull(delivery.nextAttemptAt),
  created_at: toTime(delivery.createdAt),
  finished_at: toTimeOrNull(delivery.finishedAt),
});

export const getDeliveries = route({
  method: 'get',
  path: '/v1/deliveries',
  operation: 'listDeliveries',
  summary: 'What was sent to the app and what waits, the newest first',
  tag,
  scope: 'app',
  query: z.strictObject({
    status: z.enum(['pending', 'delivered', 'failed']).optional(),
    webhook: printableId.optional(),
    /** The last delivery of the page before. */
    after: printableId.optional(),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  answers: {
    200: {
      description: 'A page of them',
      schema: z
        .object({ deliveries: z.array(deliveryView), next: z.string().nullable() })
        .meta({ id: 'Deliveries' }),
    },
  },
  problems: [],
  handle: async ({ query, caller }, { db }) => {
    const { status = null, webhook: target = null, after = null, limit } = query;
    const found = await listDeliveries(db, appOf(caller), { status, target, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
    return { status: 200, body: { deliveries: page.map(toApi), next } };
  },
});

export const postResend = route({
  method: 'post',
  path: '/v1/deliveries/:delivery/resend',
  operation: 'resendDelivery',
  summary: 'Send a delivery again, from now for another day, under the same id',
  tag,
  scope: 'app',
  params: z.object({ delivery: printableId }),
  answers: { 202: { description: 'On its way again' } },
  problems: ['not-found'],
  repeats: 'in_transaction',
  handle: async ({ params, caller }, { db }) => {
    if (!(await resendDelivery(db, appOf(caller), params.delivery, actorOf(caller)))) {
      throw new Problem('not-found', 'delivery: this app has no such delivery, or its endpoint is gone');
    }
    return { status: 202 };
  },
});

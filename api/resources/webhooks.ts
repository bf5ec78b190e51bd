import { z } from 'zod';
import { v7 as uuid } from 'uuid';
import type { AppMode } from '../../domain/app-mode.ts';
import { timeSpan } from '../../domain/policy/knobs.ts';
import { lengthOfSpan } from '../../domain/policy/period-length.ts';
import { addressFault } from '../../domain/webhook/address.ts';
import { usualEvents, webhookEvents } from '../../domain/webhook/events.ts';
import { findApp } from '../../ledger/apps.ts';
import { queueTest } from '../../ledger/delivery-log.ts';
import type { Queryable } from '../../ledger/pool.ts';
import {
  type WebhookEndpoint,
  changeEndpoint,
  createEndpoint,
  listEndpoints,
  mostEndpoints,
  removeEndpoint,
  rotateSecret,
} from '../../ledger/webhook-endpoints.ts';
import { printableId, toTime, toTimeOrNull } from '../contract/fields.ts';
import { type Caller, actorOf, appOf } from '../caller.ts';
import { Problem, inBody } from '../problems/problem.ts';
import { route } from '../route.ts';

const tag = 'Webhooks';

const events = z
  .array(z.enum(webhookEvents, `must be among ${webhookEvents.join(', ')}`))
  .min(1, 'must name at least one event')
  .transform((names) => [...new Set(names)]);

const endpointRequest = z
  .strictObject({
    url: z.string().max(2_000),
    events: events.default([...usualEvents]),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'WebhookRequest' });

const endpointView = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.enum(webhookEvents)),
    enabled: z.boolean(),
    created_at: z.iso.datetime(),
    /** Until when the secret before this one signs on beside it. */
    previous_secret_until: z.iso.datetime().nullable(),
    failures_in_a_row: z.int(),
  })
  .meta({ id: 'WebhookEndpoint' });

/** The secret verifies the signature of each message (Standard Webhooks). It is shown here and never again. */
const withSecret = endpointView.extend({ secret: z.string() }).meta({ id: 'WebhookEndpointMade' });

const toApi = (endpoint: WebhookEndpoint): z.output<typeof endpointView> => ({
  id: endpoint.id,
  url: endpoint.url,
  events: [...endpoint.events],
  enabled: endpoint.enabled,
  created_at: toTime(endpoint.createdAt),
  previous_secret_until: toTimeOrNull(endpoint.previousUntil),
  failures_in_a_row: endpoint.failures,
});

const ofWebhook = z.object({ webhook: printableId });
const unknown = (): Problem => new Problem('not-found', 'webhook: this app has no such endpoint');
async function checkAddress(db: Queryable, caller: Caller, url: string): Promise<void> {
  const app = await findApp(db, appOf(caller));
  const mode: AppMode = app?.mode ?? 'live';
  const fault = addressFault(url, mode);
  if (fault !== null) throw inBody('invalid-request', 'url', fault);
}

const postWebhook = route({
  method: 'post',
  path: '/v1/webhooks',
  operation: 'createWebhook',
  summary: 'Add an endpoint that receives events, signed; its secret is shown once',
  tag,
  scope: 'app',
  body: endpointRequest,
  answers: { 201: { description: 'Made', schema: withSecret } },
  problems: ['too-many-webhooks'],
  repeats: 'in_transaction',
  withheld: 'The endpoint was made. Rotate its secret with POST /v1/webhooks/{webhook}/rotate to see one.',
  handle: async ({ body, caller }, { db, ledger }) => {
    await checkAddress(db, caller, body.url);
    const made = await createEndpoint(db, appOf(caller), body, ledger.secrets.seal, actorOf(caller));
    if (made === null) {
      throw new Problem('too-many-webhooks', `An app may have ${mostEndpoints}; remove one first.`);
    }
    return { status: 201, body: { ...toApi(made.endpoint), secret: made.secret } };
  },
});

const getWebhooks = route({
  method: 'get',
  path: '/v1/webhooks',
  operation: 'listWebhooks',
  summary: 'The endpoints of the app, without their secrets',
  tag,
  scope: 'app',
  answers: {
    200: {
      description: 'All of them',
      schema: z.object({ webhooks: z.array(endpointView) }).meta({ id: 'WebhookEndpoints' }),
    },
  },
  problems: [],
  handle: async ({ caller }, { db }) => {
    const endpoints = await listEndpoints(db, appOf(caller));
    return { status: 200, body: { webhooks: endpoints.map(toApi) } };
  },
});

const putWebhook = route({
  method: 'put',
  path: '/v1/webhooks/:webhook',
  operation: 'changeWebhook',
  summary: 'Change an endpoint’s address and events, or switch it off; its secret stays',
  tag,
  scope: 'app',
  params: ofWebhook,
  body: endpointRequest,
  answers: { 200: { description: 'Changed', schema: endpointView } },
  problems: ['not-found'],
  handle: async ({ params, body, caller }, { db }) => {
    await checkAddress(db, caller, body.url);
    const changed = await changeEndpoint(db, appOf(caller), params.webhook, body, actorOf(caller));
    if (changed === null) throw unknown();
    return { status: 200, body: toApi(changed) };
  },
});

const rotation = z
  .strictObject({
    /** How long the secret before it signs on beside the new one. */
    overlap: timeSpan.default('PT24H'),
  })
  .meta({ id: 'WebhookRotation' });

const postRotation = route({
  method: 'post',
  path: '/v1/webhooks/:webhook/rotate',
  operation: 'rotateWebhookSecret',
  summary: 'Make a new secret; messages carry both signatures for the overlap',
  tag,
  scope: 'app',
  params: ofWebhook,
  body: rotation,
  answers: { 200: { description: 'Rotated', schema: withSecret } },
  problems: ['not-found'],
  repeats: 'in_transaction',
  withheld:
    'The secret was rotated, and shown to the first of these requests. Rotate it again under a new key.',
  handle: async ({ params, body, caller }, { db, ledger }) => {
    const overlapMs = lengthOfSpan(body.overlap);
    const { seal } = ledger.secrets;
    const made = await rotateSecret(db, appOf(caller), params.webhook, overlapMs, seal, actorOf(caller));
    if (made === null) throw unknown();
    return { status: 200, body: { ...toApi(made.endpoint), secret: made.secret } };
  },
});

const postTest = route({
  method: 'post',
  path: '/v1/webhooks/:webhook/test',
  operation: 'testWebhook',
  summary: 'Send an endpoint a message of type `test`',
  tag,
  scope: 'app',
  params: ofWebhook,
  answers: {
    202: {
      description: 'On its way; see GET /v1/deliveries',
      schema: z.object({ delivery: z.string() }).meta({ id: 'WebhookTested' }),
    },
  },
  problems: ['not-found'],
  repeats: 'in_transaction',
  handle: async ({ params, caller }, { db }) => {
    const delivery = await queueTest(
      db,
      appOf(caller),
      params.webhook,
      `msg_test_${uuid()}`,
      actorOf(caller),
    );
    if (delivery === null) throw unknown();
    return { status: 202, body: { delivery } };
  },
});

const deleteWebhook = route({
  method: 'delete',
  path: '/v1/webhooks/:webhook',
  operation: 'removeWebhook',
  summary: 'Remove an endpoint; what waits for it is given up',
  tag,
  scope: 'app',
  params: ofWebhook,
  answers: { 204: { description: 'Gone' } },
  problems: ['not-found'],
  handle: async ({ params, caller }, { db }) => {
    if (!(await removeEndpoint(db, appOf(caller), params.webhook, actorOf(caller)))) throw unknown();
    return { status: 204 };
  },
});

export const webhookRoutes = [
  postWebhook,
  getWebhooks,
  putWebhook,
  postRotation,
  postTest,
  deleteWebhook,
] as const;

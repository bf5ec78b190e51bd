import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { findApp } from '../../ledger/apps.ts';
import {
  type WebhookChannel,
  findWebhookEndpoint,
  putWebhookEndpoint,
  removeWebhookEndpoint,
} from '../../ledger/webhook-endpoints.ts';
import { appOf } from '../mount.ts';
import { Problem, inBody } from '../problems/problem.ts';
import { route } from '../route.ts';

const tag = 'Webhook';

const endpointRequest = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .max(2_000)
      .refine((url) => !/^[a-z]+:\/\/[^/]*@/i.test(url), 'must not hold a name or password'),
  })
  .meta({ id: 'WebhookRequest' });

const endpoint = z
  .object({
    url: z.string(),
    /** Shown when it is made and never again: it verifies the signature of each message (Standard Webhooks). */
    secret: z.string().optional(),
  })
  .meta({ id: 'WebhookEndpoint' });

/** 256 random bits in the form that Standard Webhooks asks for. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

type Place = {
  readonly channel: WebhookChannel;
  readonly path: string;
  /** How its operations are named: `put` and this. */
  readonly named: string;
  readonly scope: 'app' | 'growth';
  readonly receives: string;
};

const putTo = ({ channel, path, named, scope, receives }: Place) =>
  route({
    method: 'put',
    path,
    operation: `put${named}`,
    summary: `Set the address that receives ${receives}; each call makes a new secret`,
    tag,
    scope,
    body: endpointRequest,
    answers: { 200: { description: 'Set', schema: endpoint } },
    problems: [],
    handle: async ({ body, caller }, { ledger }) => {
      const appId = appOf(caller);
      const app = await findApp(ledger.pool, appId);
      if (app?.mode === 'live' && !body.url.startsWith('https:')) {
        throw inBody('invalid-request', 'url', 'must be https for a live app');
      }
      const made = { url: body.url, secret: newSecret() };
      await putWebhookEndpoint(ledger.pool, appId, channel, made, `key ${caller.keyId}`);
      return { status: 200, body: made };
    },
  });

const getFrom = ({ channel, path, named, scope, receives }: Place) =>
  route({
    method: 'get',
    path,
    operation: `get${named}`,
    summary: `The address that receives ${receives}`,
    tag,
    scope,
    answers: { 200: { description: 'The endpoint', schema: endpoint } },
    problems: ['not-found'],
    handle: async ({ caller }, { ledger }) => {
      const found = await findWebhookEndpoint(ledger.pool, appOf(caller), channel);
      if (found === null) throw new Problem('not-found', 'This app has no webhook here; set one with PUT.');
      return { status: 200, body: { url: found.url } };
    },
  });

const deleteFrom = ({ channel, path, named, scope, receives }: Place) =>
  route({
    method: 'delete',
    path,
    operation: `delete${named}`,
    summary: `Send no more ${receives}`,
    tag,
    scope,
    answers: { 204: { description: 'Gone' } },
    problems: ['not-found'],
    handle: async ({ caller }, { ledger }) => {
      const removed = await removeWebhookEndpoint(ledger.pool, appOf(caller), channel, `key ${caller.keyId}`);
      if (!removed) throw new Problem('not-found', 'This app has no webhook here.');
      return { status: 204 };
    },
  });

const routesAt = (place: Place) => [putTo(place), getFrom(place), deleteFrom(place)] as const;

export const webhookRoutes = [
  ...routesAt({
    channel: 'webhook',
    path: '/v1/webhook',
    named: 'Webhook',
    scope: 'app',
    receives: 'nudges, resets and reviews that are due',
  }),
  ...routesAt({
    channel: 'escalation',
    path: '/v1/webhook/escalation',
    named: 'EscalationWebhook',
    scope: 'growth',
    receives: 'reviews that nobody has decided in time',
  }),
];

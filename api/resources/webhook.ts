import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { findApp } from '../../ledger/apps.ts';
import {
  findWebhookEndpoint,
  putWebhookEndpoint,
  removeWebhookEndpoint,
} from '../../ledger/webhook-endpoints.ts';
import { appOf } from '../mount.ts';
import { Problem, inBody } from '../problems/problem.ts';
import { route } from '../route.ts';

const tag = 'Webhook';
const path = '/v1/webhook';

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

export const putWebhook = route({
  method: 'put',
  path,
  operation: 'putWebhook',
  summary: 'Set the address that receives nudges and resets; each call makes a new secret',
  tag,
  scope: 'app',
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
    await putWebhookEndpoint(ledger.pool, appId, made, `key ${caller.keyId}`);
    return { status: 200, body: made };
  },
});

export const getWebhook = route({
  method: 'get',
  path,
  operation: 'getWebhook',
  summary: 'The address that receives nudges and resets',
  tag,
  scope: 'app',
  answers: { 200: { description: 'The endpoint', schema: endpoint } },
  problems: ['not-found'],
  handle: async ({ caller }, { ledger }) => {
    const found = await findWebhookEndpoint(ledger.pool, appOf(caller));
    if (found === null) throw new Problem('not-found', 'This app has no webhook; set one with PUT.');
    return { status: 200, body: { url: found.url } };
  },
});

export const deleteWebhook = route({
  method: 'delete',
  path,
  operation: 'deleteWebhook',
  summary: 'Send no more webhooks',
  tag,
  scope: 'app',
  answers: { 204: { description: 'Gone' } },
  problems: ['not-found'],
  handle: async ({ caller }, { ledger }) => {
    const removed = await removeWebhookEndpoint(ledger.pool, appOf(caller), `key ${caller.keyId}`);
    if (!removed) throw new Problem('not-found', 'This app has no webhook.');
    return { status: 204 };
  },
});

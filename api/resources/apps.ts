import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { appId } from '../../domain/ids.ts';
import { policyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { issueApiKey, revokeApiKey } from '../../ledger/api-keys.ts';
import { createApp, findApp } from '../../ledger/apps.ts';
import { appName, printableId, text } from '../contract/fields.ts';
import { Problem } from '../problems/problem.ts';
import { route } from '../route.ts';

const tag = 'Apps and keys';

const appRequest = z
  .strictObject({
    name: text(100).min(1),
    mode: z.enum(['sandbox', 'live']),
    id: appName.optional(),
    policy: policyDocument.optional(),
  })
  .meta({ id: 'AppRequest' });

const appView = z.object({ id: z.string(), name: z.string(), mode: z.enum(['sandbox', 'live']) });

const created = z
  .object({ app: appView, keys: z.object({ app: z.string(), growth: z.string() }) })
  .meta({ id: 'AppCreated' });

export const postApp = route({
  method: 'post',
  path: '/v1/apps',
  operation: 'createApp',
  summary: 'Make an app with its first policy and its keys; secrets are shown once',
  tag,
  scope: 'admin',
  body: appRequest,
  answers: { 201: { description: 'Made', schema: created } },
  problems: ['app-exists'],
  repeats: 'in_transaction',
  withheld:
    'The app was made. Issue keys for it with POST /v1/apps/{app}/keys, or make another app under a new key.',
  handle: async ({ body, caller }, { db }) => {
    const id = appId(body.id ?? `app_${randomBytes(6).toString('hex')}`);
    const actor = `key ${caller.keyId}`;
    const { name, mode } = body;
    const isNew = await createApp(
      db,
      { appId: id, name, mode, policy: body.policy ?? referencePolicy },
      actor,
    );
    if (!isNew) throw new Problem('app-exists', 'id: choose another, or leave it out');
    const app = await issueApiKey(db, { appId: id, mode, scopes: ['app'] }, actor);
    const growth = await issueApiKey(db, { appId: id, mode, scopes: ['growth'] }, actor);
    const answer: z.output<typeof created> = {
      app: { id, name, mode },
      keys: { app: app.secret, growth: growth.secret },
    };
    return { status: 201, body: answer };
  },
});

const keyRequest = z
  .strictObject({
    scopes: z
      .array(z.enum(['app', 'growth']))
      .min(1)
      .max(2),
  })
  .meta({ id: 'KeyRequest' });

const key = z
  .object({ key: z.string(), secret: z.string(), scopes: z.array(z.string()) })
  .meta({ id: 'KeyIssued' });

export const postKey = route({
  method: 'post',
  path: '/v1/apps/:app/keys',
  operation: 'issueKey',
  summary: 'Issue a key of an app; its secret is shown once',
  tag,
  scope: 'admin',
  params: z.object({ app: appName }),
  body: keyRequest,
  answers: { 201: { description: 'Issued', schema: key } },
  problems: ['not-found'],
  repeats: 'in_transaction',
  withheld:
    'The key was issued. Issue another under a new Idempotency-Key, and revoke the one you never saw.',
  handle: async ({ params, body, caller }, { db }) => {
    const app = await findApp(db, params.app);
    if (app === null) throw new Problem('not-found', 'app: there is no such app');
    const scopes = [...new Set(body.scopes)];
    const issued = await issueApiKey(db, { appId: app.appId, mode: app.mode, scopes }, `key ${caller.keyId}`);
    return { status: 201, body: { key: issued.keyId, secret: issued.secret, scopes } };
  },
});

export const deleteKey = route({
  method: 'delete',
  path: '/v1/apps/:app/keys/:key',
  operation: 'revokeKey',
  summary: 'Revoke a key; other API processes forget it within ten seconds',
  tag,
  scope: 'admin',
  params: z.object({ app: appName, key: printableId }),
  answers: { 204: { description: 'Revoked' } },
  problems: ['not-found'],
  handle: async ({ params, caller }, { ledger, authentication }) => {
    const revoked = await revokeApiKey(
      ledger.pool,
      { appId: appId(params.app), keyId: params.key },
      `key ${caller.keyId}`,
    );
    authentication.forget();
    if (!revoked) throw new Problem('not-found', 'key: this app has no such key in force');
    return { status: 204 };
  },
});

import { z } from 'zod';
import { appId } from '../../domain/ids.ts';
import { timeSpan } from '../../domain/policy/knobs.ts';
import { lengthOfSpan } from '../../domain/policy/period-length.ts';
import {
  type ListedKey,
  issueApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
} from '../../ledger/api-keys.ts';
import { type App, findApp } from '../../ledger/apps.ts';
import type { Queryable } from '../../ledger/pool.ts';
import { actorOf } from '../caller.ts';
import { appName, printableId, text, time, toTime, toTimeOrNull } from '../contract/fields.ts';
import { Problem, inBody } from '../problems/problem.ts';
import { route } from '../route.ts';

const tag = 'Apps and keys';

const scopes = z
  .array(z.enum(['app', 'growth']))
  .min(1)
  .max(2);

const keyRequest = z
  .strictObject({
    scopes,
    /** Where it is used, for whoever reads the list. */
    name: text(100).optional(),
    expires_at: time.optional(),
  })
  .meta({ id: 'KeyRequest' });

const keyFields = {
  key: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(['app', 'growth', 'admin'])),
  expires_at: z.iso.datetime().nullable(),
};

const issuedKey = z.object({ ...keyFields, secret: z.string() }).meta({ id: 'KeyIssued' });

const listedKey = z
  .object({
    ...keyFields,
    created_at: z.iso.datetime(),
    revoked_at: z.iso.datetime().nullable(),
    /** To the minute. */
    last_used_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Key' });

const toApi = (key: ListedKey): z.output<typeof listedKey> => ({
  key: key.keyId,
  name: key.name,
  scopes: [...key.scopes],
  expires_at: toTimeOrNull(key.expiresAt),
  created_at: toTime(key.createdAt),
  revoked_at: toTimeOrNull(key.revokedAt),
  last_used_at: toTimeOrNull(key.lastUsedAt),
});

async function knownApp(db: Queryable, name: string): Promise<App> {
  const app = await findApp(db, name);
  if (app === null) throw new Problem('not-found', 'app: there is no such app');
  return app;
}

const ofApp = z.object({ app: appName });
const ofKey = z.object({ app: appName, key: printableId });
const unknownKey = (): Problem => new Problem('not-found', 'key: this app has no such key in force');

const postKey = route({
  method: 'post',
  path: '/v1/apps/:app/keys',
  operation: 'issueKey',
  summary: 'Issue a key of an app; its secret is shown once',
  tag,
  scope: 'admin',
  params: ofApp,
  body: keyRequest,
  answers: { 201: { description: 'Issued', schema: issuedKey } },
  problems: ['not-found'],
  repeats: 'in_transaction',
  withheld:
    'The key was issued. Issue another under a new Idempotency-Key, and revoke the one you never saw.',
  handle: async ({ params, body, caller }, { db }) => {
    const { appId: app, mode } = await knownApp(db, params.app);
    const expiresAt = body.expires_at ?? null;
    if (expiresAt !== null && expiresAt <= Date.now())
      throw inBody('invalid-request', 'expires_at', 'must lie in the future');
    const wanted = { scopes: [...new Set(body.scopes)], name: body.name ?? '', expiresAt };
    const { keyId, secret } = await issueApiKey(db, { appId: app, mode, ...wanted }, actorOf(caller));
    return {
      status: 201,
      body: {
        key: keyId,
        name: wanted.name,
        scopes: wanted.scopes,
        expires_at: toTimeOrNull(expiresAt),
        secret,
      },
    };
  },
});

const getKeys = route({
  method: 'get',
  path: '/v1/apps/:app/keys',
  operation: 'listKeys',
  summary: 'The keys of an app without their secrets, the newest first',
  tag,
  scope: 'admin',
  params: ofApp,
  answers: {
    200: { description: 'All of them', schema: z.object({ keys: z.array(listedKey) }).meta({ id: 'Keys' }) },
  },
  problems: ['not-found'],
  handle: async ({ params }, { db }) => {
    const { appId: app } = await knownApp(db, params.app);
    return { status: 200, body: { keys: (await listApiKeys(db, app)).map(toApi) } };
  },
});

const rotation = z
  .strictObject({
    /** How long the key before it works on. */
    overlap: timeSpan.default('PT24H'),
  })
  .meta({ id: 'KeyRotation' });

const rotated = issuedKey.extend({ previous: listedKey }).meta({ id: 'KeyRotated' });

const rotateKey = route({
  method: 'post',
  path: '/v1/apps/:app/keys/:key/rotate',
  operation: 'rotateKey',
  summary: 'Make a new key in the place of one, which works on for the overlap',
  tag,
  scope: 'admin',
  params: ofKey,
  body: rotation,
  answers: { 201: { description: 'Rotated', schema: rotated } },
  problems: ['not-found'],
  repeats: 'in_transaction',
  withheld:
    'The key was rotated, and the new one shown to the first of these requests. Rotate that one under a new Idempotency-Key.',
  handle: async ({ params, body, caller }, { db, authentication }) => {
    const { appId: app, mode } = await knownApp(db, params.app);
    const overlapMs = lengthOfSpan(body.overlap);
    const made = await rotateApiKey(db, { appId: app, keyId: params.key, mode }, overlapMs, actorOf(caller));
    if (made === null) throw unknownKey();
    authentication.lookUpAgain();
    const { key, name, scopes: kept, expires_at } = toApi(made.key);
    return {
      status: 201,
      body: {
        key,
        name,
        scopes: kept,
        expires_at,
        secret: made.issued.secret,
        previous: toApi(made.previous),
      },
    };
  },
});

const deleteKey = route({
  method: 'delete',
  path: '/v1/apps/:app/keys/:key',
  operation: 'revokeKey',
  summary: 'Revoke a key; other API processes forget it within ten seconds',
  tag,
  scope: 'admin',
  params: ofKey,
  answers: { 204: { description: 'Revoked' } },
  problems: ['not-found'],
  handle: async ({ params, caller }, { db, authentication }) => {
    const revoked = await revokeApiKey(db, { appId: appId(params.app), keyId: params.key }, actorOf(caller));
    authentication.lookUpAgain();
    if (!revoked) throw unknownKey();
    return { status: 204 };
  },
});

export const keyRoutes = [postKey, getKeys, rotateKey, deleteKey];

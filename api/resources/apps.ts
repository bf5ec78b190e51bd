import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { appId } from '../../domain/ids.ts';
import { policyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { createApp, setOrigins } from '../../ledger/apps.ts';
import { actorOf } from '../caller.ts';
import { appName, readableName, text } from '../contract/fields.ts';
import { Problem } from '../problems/problem.ts';
import { route } from '../route.ts';

const tag = 'Apps and keys';

const appRequest = z
  .strictObject({
    name: readableName(100),
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
    const actor = actorOf(caller);
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

const isOrigin = (value: string): boolean => URL.parse(value)?.origin === value && /^https?:/.test(value);

const origins = z
  .strictObject({
    origins: z
      .array(text(200).refine(isOrigin, 'must be an origin such as https://app.example.com, with no path'))
      .max(20),
  })
  .meta({ id: 'Origins' });

export const putOrigins = route({
  method: 'put',
  path: '/v1/apps/:app/origins',
  operation: 'setOrigins',
  summary: 'Name the sites whose pages may ask with a user’s token',
  tag,
  scope: 'admin',
  params: z.object({ app: appName }),
  body: origins,
  answers: { 200: { description: 'Set; known to every process within ten seconds', schema: origins } },
  problems: ['not-found'],
  handle: async ({ params, body, caller }, { db }) => {
    const wanted = [...new Set(body.origins)];
    if (!(await setOrigins(db, appId(params.app), wanted, actorOf(caller))))
      throw new Problem('not-found', 'app: there is no such app');
    return { status: 200, body: { origins: wanted } };
  },
});

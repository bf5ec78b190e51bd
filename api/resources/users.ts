import { z } from 'zod';
import { isTimeZone } from '../../domain/calendar.ts';
import { register } from '../../domain/account/register.ts';
import type { Registration } from '../../domain/account/register.ts';
import { userId } from '../../domain/ids.ts';
import { mailAddress } from '../../domain/policy/knobs.ts';
import { userView } from '../../domain/usage-view.ts';
import { consult, transact } from '../../ledger/transact.ts';
import { client, given, text, time } from '../contract/fields.ts';
import { ofUser } from '../contract/session.ts';
import { usageView, usageViewToApi } from '../contract/usage-view.ts';
import { refuseFuture } from '../future.ts';
import { appOf } from '../caller.ts';
import { Problem, inBody } from '../problems/problem.ts';
import { route } from '../route.ts';

const tag = 'Users';

const userRequest = z
  .strictObject({
    registered_at: time.optional(),
    time_zone: text(64).refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin').optional(),
    locale: z
      .string()
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language tag such as en or pt-BR')
      .optional(),
    email: mailAddress({ error: 'must be an e-mail address' }).nullable().optional(),
    plan: text(40).min(1).optional(),
    registration: client.omit({ credential: true }).nullable().optional(),
  })
  .meta({ id: 'UserRequest' });

const toldBy = (body: z.output<typeof userRequest>): Registration => ({
  ...(body.registered_at === undefined ? {} : { registeredAt: body.registered_at }),
  ...(body.time_zone === undefined ? {} : { timeZone: body.time_zone }),
  ...(body.locale === undefined ? {} : { locale: body.locale }),
  ...(body.email === undefined ? {} : { email: body.email }),
  ...(body.plan === undefined ? {} : { plan: body.plan }),
  ...(body.registration === undefined
    ? {}
    : { registration: body.registration === null ? null : given(body.registration) }),
});

export const putUser = route({
  method: 'put',
  path: '/v1/users/:user',
  operation: 'putUser',
  summary: 'Register or update a user; what is left out stays as it is',
  tag,
  scope: 'app',
  params: ofUser,
  body: userRequest,
  answers: { 200: { description: 'Registered, with the allowance as it stands', schema: usageView } },
  problems: ['unknown-plan', 'impossible-time', 'account-busy'],
  handle: async ({ params, body, caller }, { ledger }) => {
    const done = await transact(
      ledger,
      { appId: appOf(caller), userId: userId(params.user) },
      (loaded, context) => {
        const { plans } = context.policyOf(context.policyVersion);
        if (body.plan !== undefined && !Object.hasOwn(plans, body.plan)) {
          throw inBody('unknown-plan', 'plan', `must be one of ${Object.keys(plans).join(', ')}`);
        }
        refuseFuture('registered_at', body.registered_at, context.now);
        const state = register(loaded.state, toldBy(body), context);
        return { state, answer: usageViewToApi(userView(state, context, { kind: 'standing' })) };
      },
    );
    if (done === null) throw new Problem('not-found', 'The app of this key is gone.');
    return { status: 200, body: done.answer };
  },
});

export const getUsage = route({
  method: 'get',
  path: '/v1/users/:user/usage',
  operation: 'getUsage',
  users: true,
  summary: 'The allowance as the user may see it',
  tag,
  scope: 'app',
  params: ofUser,
  answers: { 200: { description: 'The user view', schema: usageView } },
  problems: ['not-found'],
  handle: async ({ params, caller }, { ledger }) => {
    const view = await consult(
      ledger,
      { appId: appOf(caller), userId: userId(params.user) },
      ({ state }, context) =>
        state.account.version === 0 ? null : usageViewToApi(userView(state, context, { kind: 'standing' })),
    );
    if (view === null) throw new Problem('not-found', 'user: this app has no such user');
    return { status: 200, body: view };
  },
});

import { z } from 'zod';
import { bringUpToDate } from '../../domain/account/bring-up-to-date.ts';
import { withdraw } from '../../domain/account/modify.ts';
import { userId } from '../../domain/ids.ts';
import { transact } from '../../ledger/transact.ts';
import { refuseToUncover } from '../contradicting-limits.ts';
import { printableId, text } from '../contract/fields.ts';
import { limitsToApi, limitsView } from '../contract/limits.ts';
import { modifierMade } from '../contract/modifier-made.ts';
import { changesFromApi, overrideRequest } from '../contract/modifier.ts';
import { ofUser } from '../contract/session.ts';
import { actorOf, appOf } from '../caller.ts';
import { Problem } from '../problems/problem.ts';
import { putModifier, unknownUser, windowOf } from '../put-modifier.ts';
import { route } from '../route.ts';

const tag = 'Limits';

export const postOverride = route({
  method: 'post',
  path: '/v1/users/:user/overrides',
  operation: 'override',
  summary: 'Limits that hold instead of the plan’s, for a while or until they are withdrawn',
  tag,
  scope: 'growth',
  params: ofUser,
  body: overrideRequest,
  repeats: 'in_commit',
  answers: { 201: { description: 'In force, with the limits as they are now', schema: modifierMade } },
  problems: ['not-found', 'impossible-time', 'contradicting-limits', 'too-many-modifiers', 'account-busy'],
  handle: ({ params, body, caller, keyed }, { ledger }) =>
    putModifier(
      ledger,
      { appId: appOf(caller), userId: userId(params.user) },
      'override',
      keyed,
      (now, key) => ({
        kind: 'override',
        key,
        limits: changesFromApi(body.limits),
        ...windowOf(body, now),
        priority: body.priority,
        by: body.by ?? actorOf(caller),
        note: body.reason,
      }),
    ),
});

const ofModifier = ofUser.extend({ modifier: printableId });

export const deleteModifier = route({
  method: 'delete',
  path: '/v1/users/:user/modifiers/:modifier',
  operation: 'withdraw',
  summary: 'Withdraw a grant or an override; what a grant has given stays given',
  tag,
  scope: 'growth',
  params: ofModifier,
  query: z.strictObject({ by: text(200).min(1).optional(), reason: text(2_000).default('') }),
  answers: { 200: { description: 'Withdrawn; the limits as they are now', schema: limitsView } },
  problems: ['not-found', 'contradicting-limits', 'account-busy'],
  handle: async ({ params, query, caller }, { ledger }) => {
    const by = query.by ?? actorOf(caller);
    const done = await transact(
      ledger,
      { appId: appOf(caller), userId: userId(params.user) },
      (loaded, context) => {
        const state = withdraw(
          loaded.state,
          { modifierId: params.modifier, by, note: query.reason },
          context,
        );
        if (state === null)
          throw new Problem('not-found', 'modifier: this user has no such grant or override');
        refuseToUncover(bringUpToDate(loaded.state, context), state, context);
        return { state, answer: limitsToApi(state, context) };
      },
    );
    if (done === null) throw unknownUser();
    return { status: 200, body: done.answer };
  },
});

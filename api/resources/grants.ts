import { userId } from '../../domain/ids.ts';
import { microUsdFromDollars } from '../../domain/money.ts';
import { ofUser } from '../contract/session.ts';
import { grantRequest } from '../contract/modifier.ts';
import { modifierMade } from '../contract/modifier-made.ts';
import { actorOf, appOf } from '../caller.ts';
import { putModifier, windowOf } from '../put-modifier.ts';
import { route } from '../route.ts';

export const postGrant = route({
  method: 'post',
  path: '/v1/users/:user/grants',
  operation: 'grant',
  summary: 'Extra sessions or dollars on top of the plan, drawn once, over as many periods as they last',
  tag: 'Limits',
  scope: 'growth',
  params: ofUser,
  body: grantRequest,
  repeats: 'in_commit',
  answers: { 201: { description: 'In force, with the limits as they are now', schema: modifierMade } },
  problems: ['not-found', 'impossible-time', 'too-many-modifiers', 'account-busy'],
  handle: ({ params, body, caller, keyed }, { ledger }) =>
    putModifier(
      ledger,
      { appId: appOf(caller), userId: userId(params.user) },
      'grant',
      keyed,
      (now, key) => ({
        kind: 'grant',
        key,
        sessions: body.sessions,
        spend: microUsdFromDollars(body.budget_usd),
        ...windowOf(body, now),
        priority: body.priority,
        by: body.by ?? actorOf(caller),
        note: body.reason,
      }),
    ),
});

import { bringUpToDate } from '../../domain/account/bring-up-to-date.ts';
import { userId } from '../../domain/ids.ts';
import { consult } from '../../ledger/transact.ts';
import { limitsToApi, limitsView } from '../contract/limits.ts';
import { ofUser } from '../contract/session.ts';
import { appOf } from '../caller.ts';
import { unknownUser } from '../put-modifier.ts';
import { route } from '../route.ts';

export const getLimits = route({
  method: 'get',
  path: '/v1/users/:user/limits',
  operation: 'getLimits',
  summary: 'Every limit as it holds now and where it comes from, with what is used of it',
  tag: 'Limits',
  scope: 'growth',
  params: ofUser,
  answers: { 200: { description: 'The limits in force', schema: limitsView } },
  problems: ['not-found'],
  handle: async ({ params, caller }, { ledger }) => {
    const view = await consult(
      ledger,
      { appId: appOf(caller), userId: userId(params.user) },
      ({ state }, context) =>
        state.account.version === 0 ? null : limitsToApi(bringUpToDate(state, context), context),
    );
    if (view === null) throw unknownUser();
    return { status: 200, body: view };
  },
});

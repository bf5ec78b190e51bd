import { z } from 'zod';
import { appId, userId } from '../../domain/ids.ts';
import { findErasure, requestErasure } from '../../ledger/erasures.ts';
import { appName, toTime } from '../contract/fields.ts';
import { ofUser } from '../contract/session.ts';
import { actorOf } from '../caller.ts';
import { Problem } from '../problems/problem.ts';
import { route } from '../route.ts';

const erasureView = z
  .object({
    user: z.string(),
    /** `erasing`: begun, and finished by the worker; ask again with the same call. */
    state: z.enum(['erasing', 'erased']),
    requested_at: z.iso.datetime(),
    erased_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Erasure' });

export const deleteUser = route({
  method: 'delete',
  path: '/v1/users/:user',
  operation: 'eraseUser',
  summary: 'Erase a user: the workflow with every run of it, then all the ledger knows',
  tag: 'Users',
  scope: 'admin',
  params: ofUser,
  query: z.strictObject({ app: appName }),
  answers: {
    202: { description: 'Begun; the worker finishes it', schema: erasureView },
    200: { description: 'Nothing is left', schema: erasureView },
  },
  problems: ['not-found'],
  handle: async ({ params, query, caller }, { ledger }) => {
    const account = { appId: appId(query.app), userId: userId(params.user) };
    if (caller.appId !== null && caller.appId !== account.appId) {
      throw new Problem('forbidden', 'app: this key belongs to another app');
    }
    await requestErasure(ledger.pool, account, actorOf(caller));
    const erasure = await findErasure(ledger.pool, account);
    if (erasure === null) throw new Problem('not-found', 'user: this app has no such user');
    const { requestedAt, erasedAt } = erasure;
    const isErased = erasedAt !== null;
    return {
      status: isErased ? 200 : 202,
      body: {
        user: params.user,
        state: isErased ? 'erased' : 'erasing',
        requested_at: toTime(requestedAt),
        erased_at: isErased ? toTime(erasedAt) : null,
      },
    };
  },
});

import { z } from 'zod';
import { userId } from '../../domain/ids.ts';
import { after, instant, second } from '../../domain/instant.ts';
import { appOf } from '../caller.ts';
import { toTime } from '../contract/fields.ts';
import { ofUser } from '../contract/session.ts';
import { route } from '../route.ts';
import { issueUserToken } from '../user-token.ts';

const hour = 3_600;

const tokenRequest = z
  .strictObject({
    expires_in: z
      .int()
      .min(60)
      .max(24 * hour)
      .default(hour)
      .meta({ description: 'Seconds' }),
  })
  .meta({ id: 'UserTokenRequest' });

const tokenMade = z.object({ token: z.string(), expires_at: z.iso.datetime() }).meta({ id: 'UserToken' });

export const postUserToken = route({
  method: 'post',
  path: '/v1/users/:user/tokens',
  operation: 'issueUserToken',
  summary:
    'Make a token with which the user’s browser reads this user’s allowance and inbox, and nothing else',
  tag: 'Users',
  scope: 'app',
  params: ofUser,
  body: tokenRequest,
  answers: { 201: { description: 'Made', schema: tokenMade } },
  problems: [],
  withheld: 'A token was made. Make another under a new Idempotency-Key.',
  handle: async ({ params, body, caller }, { ledger }) => {
    const account = { appId: appOf(caller), userId: userId(params.user) };
    // Tokens are looked at by the hosts' clocks, test clock or not.
    const expiresAt = after(instant(Date.now()), body.expires_in * second);
    const token = await issueUserToken(ledger.secrets.tokenKeys, account, expiresAt);
    return { status: 201, body: { token, expires_at: toTime(expiresAt) } };
  },
});

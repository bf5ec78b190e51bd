import { z } from 'zod';
import { userId } from '../../domain/ids.ts';
import { findMailStanding } from '../../ledger/mail-preferences.ts';
import { toTime, toTimeOrNull } from '../contract/fields.ts';
import { ofUser } from '../contract/session.ts';
import { appOf } from '../caller.ts';
import { unknownUser } from '../put-modifier.ts';
import { route } from '../route.ts';

const mailView = z
  .object({
    has_address: z.boolean(),
    unsubscribed_at: z.iso.datetime().nullable(),
    /** Of the address that the user has now: another is tried again. */
    undeliverable: z.object({ since: z.iso.datetime(), reason: z.string() }).nullable(),
  })
  .meta({ id: 'MailStanding' });

export const getMail = route({
  method: 'get',
  path: '/v1/users/:user/mail',
  operation: 'getMail',
  summary: 'Whether a user is sent mail, and why not: no address, unsubscribed, or an address that bounced',
  tag: 'Users',
  scope: 'app',
  params: ofUser,
  answers: { 200: { description: 'How mail to the user stands', schema: mailView } },
  problems: ['not-found'],
  handle: async ({ params, caller }, { db }) => {
    const found = await findMailStanding(db, { appId: appOf(caller), userId: userId(params.user) });
    if (found === null) throw unknownUser();
    const { hasAddress, unsubscribedAt, undeliverable } = found;
    return {
      status: 200,
      body: {
        has_address: hasAddress,
        unsubscribed_at: toTimeOrNull(unsubscribedAt),
        undeliverable: undeliverable && { ...undeliverable, since: toTime(undeliverable.since) },
      },
    };
  },
});

import { type Instant, instant } from '../domain/instant.ts';
import type { Queryable } from './pool.ts';
import { digestOfAddress } from './mail-recipient.ts';
import type { AccountKey } from './totals.ts';

/** No mail any more for this user; the first time stays. `actor` stands in the audit. False: the account is gone. */
export async function unsubscribe(db: Queryable, account: AccountKey, actor: string): Promise<boolean> {
  const { rows } = await db.query({
    name: 'unsubscribe',
    text: `
with known as (
  select app_id, user_id from accounts where app_id = $1 and user_id = $2
), written as (
  insert into mail_preferences as m (app_id, user_id, unsubscribed_at) select app_id, user_id, now() from known
  on conflict (app_id, user_id) do update set unsubscribed_at = excluded.unsubscribed_at
  where m.unsubscribed_at is null
  returning app_id, user_id
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $3, 'account.unsubscribe', user_id, '{}' from written
)
select from known`,
    values: [account.appId, account.userId, actor],
  });
  return rows.length === 1;
}

/** The user's present address takes no mail. `reason` must hold no address. */
export async function markUndeliverable(db: Queryable, account: AccountKey, reason: string): Promise<void> {
  await db.query({
    name: 'mark-undeliverable',
    text: `
insert into mail_preferences (app_id, user_id, undeliverable_address, undeliverable_at, undeliverable_reason)
select app_id, user_id, ${digestOfAddress('email')}, now(), $3 from accounts
where app_id = $1 and user_id = $2 and email is not null
on conflict (app_id, user_id) do update set undeliverable_address = excluded.undeliverable_address,
  undeliverable_at = excluded.undeliverable_at, undeliverable_reason = excluded.undeliverable_reason`,
    values: [account.appId, account.userId, reason.slice(0, 200)],
  });
}

/** Whether a user is sent mail, and since when not. */
export type MailStanding = {
  readonly hasAddress: boolean;
  readonly unsubscribedAt: Instant | null;
  /** The present address refuses mail for good. */
  readonly undeliverable: { readonly since: Instant; readonly reason: string } | null;
};

type StandingRow = {
  has_address: boolean;
  unsubscribed_at: Date | null;
  refused_at: Date | null;
  reason: string | null;
};

/** Null: there is no such account. */
export async function findMailStanding(db: Queryable, account: AccountKey): Promise<MailStanding | null> {
  const { rows } = await db.query<StandingRow>({
    name: 'find-mail-standing',
    text: `
select a.email is not null as has_address, m.unsubscribed_at,
  case when m.undeliverable_address = ${digestOfAddress('a.email')} then m.undeliverable_at end as refused_at,
  m.undeliverable_reason as reason
from accounts a left join mail_preferences m using (app_id, user_id)
where a.app_id = $1 and a.user_id = $2`,
    values: [account.appId, account.userId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    hasAddress: row.has_address,
    unsubscribedAt: row.unsubscribed_at && instant(row.unsubscribed_at.getTime()),
    undeliverable: row.refused_at && {
      since: instant(row.refused_at.getTime()),
      reason: row.reason ?? '',
    },
  };
}

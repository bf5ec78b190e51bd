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

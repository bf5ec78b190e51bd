import { type Instant, instant } from '../domain/instant.ts';
import { type PolicyVersion, policyVersion } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

/** All that a mail to a user needs, as it is when the mail is written or sent. */
export type MailRecipient = {
  readonly address: string | null;
  readonly locale: string;
  readonly timeZone: string;
  readonly plan: string | null;
  readonly appName: string;
  readonly policyVersion: PolicyVersion;
  readonly mailKey: Buffer;
  readonly unsubscribed: boolean;
  /** The address has refused mail for good. */
  readonly undeliverable: boolean;
  /** On the app's clock. */
  readonly now: Instant;
};

type Row = {
  email: string | null;
  locale: string;
  time_zone: string;
  plan: string | null;
  name: string;
  policy_version: string;
  mail_key: Buffer;
  unsubscribed: boolean;
  undeliverable: boolean;
  now: number;
};

/** Mail programs take the case of an address as one. */
export const digestOfAddress = (address: string): string => `sha256(convert_to(lower(${address}), 'UTF8'))`;

/** Null: the account is gone. */
export async function findMailRecipient(db: Queryable, account: AccountKey): Promise<MailRecipient | null> {
  const { rows } = await db.query<Row>({
    name: 'find-mail-recipient',
    text: `
select a.email, a.locale, a.time_zone, a.plan, app.name, app.policy_version, app.mail_key,
  m.unsubscribed_at is not null as unsubscribed,
  coalesce(m.undeliverable_address = ${digestOfAddress('a.email')}, false) as undeliverable,
  floor(extract(epoch from clock_timestamp()) * 1000)::float8 + app.clock_offset_ms as now
from accounts a join apps app using (app_id) left join mail_preferences m using (app_id, user_id)
where a.app_id = $1 and a.user_id = $2`,
    values: [account.appId, account.userId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    address: row.email,
    locale: row.locale,
    timeZone: row.time_zone,
    plan: row.plan,
    appName: row.name,
    policyVersion: policyVersion(row.policy_version),
    mailKey: row.mail_key,
    unsubscribed: row.unsubscribed,
    undeliverable: row.undeliverable,
    now: instant(row.now),
  };
}

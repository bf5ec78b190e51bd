import { createHash } from 'node:crypto';
import { type AppId, type UserId, appId, userId } from '../domain/ids.ts';
import type { MailFacts } from '../domain/mail/mail.ts';
import { noticeId } from '../domain/notice/notice.ts';
import { currentTraceparent } from '../tracing/spans.ts';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

/** A mail whose turn has come. No address stands in it: that is read when it is sent. */
export type DueMail = {
  readonly id: string;
  readonly appId: AppId;
  readonly userId: UserId;
  readonly facts: MailFacts;
  /** This attempt's number, from 1. */
  readonly attempt: number;
  readonly ageMs: number;
  readonly traceparent: string | null;
};

/** The same for a user's notice however often it is made; nothing of the user can be read from it. */
const idOf = ({ appId: app, userId: user }: AccountKey, notice: string): string =>
  `eml_${createHash('sha256')
    .update(JSON.stringify([app, user, notice]))
    .digest('hex')
    .slice(0, 32)}`;

/** Queues the mail about a notice, once. */
export async function queueMail(db: Queryable, account: AccountKey, facts: MailFacts): Promise<void> {
  const notice = noticeId(facts.notice);
  await db.query({
    name: 'queue-mail',
    text: `
insert into deliveries (delivery_id, message_id, app_id, user_id, notice_id, channel, target, payload, traceparent)
values ($3, $3, $1, $2, $4, 'email', '', $5, $6) on conflict do nothing`,
    values: [
      account.appId,
      account.userId,
      idOf(account, notice),
      notice,
      JSON.stringify(facts),
      currentTraceparent(),
    ],
  });
}

type Row = {
  delivery_id: string;
  app_id: string;
  user_id: string;
  payload: MailFacts;
  attempts: number;
  age_ms: number;
  traceparent: string | null;
};

/** Claims due mails for five minutes, longer than an attempt can take; a worker that dies is made good by the next claim. */
export async function claimMails(db: Queryable, limit: number): Promise<readonly DueMail[]> {
  const { rows } = await db.query<Row>({
    name: 'claim-mails',
    text: `
with due as materialized (
  select delivery_id from deliveries where channel = 'email' and target = '' and next_attempt_at <= now()
  order by next_attempt_at limit $1 for update skip locked
)
update deliveries d set attempts = d.attempts + 1, next_attempt_at = now() + interval '5 minutes'
from due where d.delivery_id = due.delivery_id
returning d.delivery_id, d.app_id, d.user_id, d.payload, d.attempts, d.traceparent,
  (extract(epoch from now() - d.created_at) * 1000)::float8 as age_ms`,
    values: [limit],
  });
  return rows.map((row) => ({
    id: row.delivery_id,
    appId: appId(row.app_id),
    userId: userId(row.user_id),
    facts: row.payload,
    attempt: row.attempts,
    ageMs: row.age_ms,
    traceparent: row.traceparent,
  }));
}

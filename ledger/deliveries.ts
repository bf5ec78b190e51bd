import { type UserId, userId } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';
import type { WebhookChannel } from './webhook-endpoints.ts';

/** One message on its way to an app's webhook endpoint. */
export type Delivery = {
  readonly id: string;
  readonly appId: string;
  readonly userId: UserId;
  readonly payload: unknown;
  /** This attempt's number, from 1. */
  readonly attempt: number;
  readonly ageMs: number;
  readonly url: string | null;
  readonly secret: string | null;
  readonly mode: 'sandbox' | 'live';
};

/**
 * Queues a message if the app has an endpoint of the channel now; an escalation that nobody can receive stands as a failed one.
 * Its id is made of what it says, so that it is queued once.
 */
export async function queueDelivery(
  db: Queryable,
  account: AccountKey,
  channel: WebhookChannel,
  message: { readonly id: string; readonly noticeId: string; readonly payload: unknown },
): Promise<void> {
  await db.query({
    name: 'queue-delivery',
    text: `
insert into deliveries (
  delivery_id, app_id, user_id, notice_id, channel, payload, status, next_attempt_at, finished_at, last_error)
select $3, a.app_id, $2, $4, $6, $5,
  case when e.url is null then 'failed' else 'pending' end, case when e.url is null then null else now() end,
  case when e.url is null then now() end, case when e.url is null then 'the app has no endpoint for it' end
from apps a left join webhook_endpoints e on e.app_id = a.app_id and e.channel = $6
where a.app_id = $1 and (e.url is not null or $6 = 'escalation')
on conflict do nothing`,
    values: [
      account.appId,
      account.userId,
      message.id,
      message.noticeId,
      JSON.stringify(message.payload),
      channel,
    ],
  });
}

type Row = {
  delivery_id: string;
  app_id: string;
  user_id: string;
  payload: unknown;
  attempts: number;
  age_ms: number;
  url: string | null;
  secret: string | null;
  mode: 'sandbox' | 'live';
};

/** Claims due deliveries for a minute; a dispatcher that dies in between is made good by the next claim. */
export async function claimDeliveries(db: Queryable, limit: number): Promise<Delivery[]> {
  const { rows } = await db.query<Row>({
    name: 'claim-deliveries',
    text: `
with due as (
  select delivery_id from deliveries where next_attempt_at <= now()
  order by next_attempt_at limit $1 for update skip locked
)
update deliveries d set attempts = d.attempts + 1, next_attempt_at = now() + interval '60 seconds'
from due join deliveries q using (delivery_id) join apps a on a.app_id = q.app_id
  left join webhook_endpoints e on e.app_id = q.app_id and e.channel = q.channel
where d.delivery_id = due.delivery_id
returning d.delivery_id, d.app_id, d.user_id, d.payload, d.attempts,
  (extract(epoch from now() - d.created_at) * 1000)::float8 as age_ms, e.url, e.secret, a.mode`,
    values: [limit],
  });
  return rows.map((row) => ({
    id: row.delivery_id,
    appId: row.app_id,
    userId: userId(row.user_id),
    payload: row.payload,
    attempt: row.attempts,
    ageMs: row.age_ms,
    url: row.url,
    secret: row.secret,
    mode: row.mode,
  }));
}

export async function finishDelivery(
  db: Queryable,
  id: string,
  outcome: { readonly status: 'delivered' | 'failed'; readonly error: string | null },
): Promise<void> {
  await db.query({
    name: 'finish-delivery',
    text: `
update deliveries set status = $2, last_error = $3, next_attempt_at = null, finished_at = now()
where delivery_id = $1 and status = 'pending'`,
    values: [id, outcome.status, outcome.error],
  });
}

export async function retryDelivery(
  db: Queryable,
  id: string,
  later: { readonly delayMs: number; readonly error: string },
): Promise<void> {
  await db.query({
    name: 'retry-delivery',
    text: `
update deliveries set next_attempt_at = now() + $2 * interval '1 millisecond', last_error = $3
where delivery_id = $1 and status = 'pending'`,
    values: [id, later.delayMs, later.error.slice(0, 500)],
  });
}

import type { AppId } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';

type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** A delivery as whoever looks after the app may see it. */
export type LoggedDelivery = {
  readonly id: string;
  readonly messageId: string;
  readonly user: string;
  readonly channel: string;
  readonly target: string;
  readonly event: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly nextAttemptAt: number | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
};

export type LogFilter = {
  readonly status: DeliveryStatus | null;
  readonly target: string | null;
  /** The delivery after which the page begins; null: the newest. */
  readonly after: string | null;
  readonly limit: number;
};

type Row = {
  delivery_id: string;
  message_id: string;
  user_id: string;
  channel: string;
  target: string;
  event: string;
  status: DeliveryStatus;
  attempts: number;
  last_error: string | null;
  next_attempt_at: Date | null;
  created_at: Date;
  finished_at: Date | null;
};

/** The newest first. */
export async function listDeliveries(
  db: Queryable,
  app: AppId,
  { status, target, after, limit }: LogFilter,
): Promise<readonly LoggedDelivery[]> {
  const { rows } = await db.query<Row>({
    name: 'list-deliveries',
    text: `
select d.delivery_id, d.message_id, d.user_id, d.channel, d.target, coalesce(d.payload ->> 'type', 'allowance.' || (d.payload #>> '{notice,kind}'), '') as event, d.status,
  d.attempts, d.last_error, d.next_attempt_at, d.created_at, d.finished_at
from deliveries d
left join deliveries a on a.app_id = $1 and a.delivery_id = $4
where d.app_id = $1 and ($2::text is null or d.status = $2) and ($3::text is null or d.target = $3)
  and ($4::text is null or (d.created_at, d.delivery_id) < (a.created_at, a.delivery_id))
order by d.created_at desc, d.delivery_id desc limit $5`,
    values: [app, status, target, after, limit],
  });
  return rows.map((row) => ({
    id: row.delivery_id,
    messageId: row.message_id,
    user: row.user_id,
    channel: row.channel,
    target: row.target,
    event: row.event,
    status: row.status,
    attempts: row.attempts,
    lastError: row.last_error,
    nextAttemptAt: row.next_attempt_at?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
    finishedAt: row.finished_at?.getTime() ?? null,
  }));
}

/** Sends it again, from now for another day, under the same id. False: the app has no such delivery, or its target is gone. */
export async function resendDelivery(db: Queryable, app: AppId, id: string, actor: string): Promise<boolean> {
  const { rows } = await db.query({
    name: 'resend-delivery',
    text: `
with again as (
  update deliveries d set status = 'pending', next_attempt_at = now(), attempts = 0, finished_at = null, created_at = now()
  where d.app_id = $1 and d.delivery_id = $2
    and (d.channel <> 'webhook' or exists (select from webhook_endpoints e where e.endpoint_id = d.target))
  returning d.app_id, d.delivery_id
), noted as (
  insert into audit (app_id, actor, act, subject) select app_id, $3, 'delivery.resend', delivery_id from again
)
select from again`,
    values: [app, id, actor],
  });
  return rows.length === 1;
}

/** Queues the message that tries an endpoint out; answers the delivery's id. Null: the app has no such endpoint. */
export async function queueTest(
  db: Queryable,
  app: AppId,
  endpoint: string,
  messageId: string,
  actor: string,
): Promise<string | null> {
  const { rows } = await db.query<{ delivery_id: string }>({
    name: 'queue-webhook-test',
    text: `
with queued as (
  insert into deliveries (delivery_id, message_id, app_id, user_id, notice_id, channel, target, payload)
  select 'dlv_' || left(encode(sha256(convert_to($3, 'UTF8')), 'hex'), 32), $3, e.app_id, 'test', $3, 'webhook', e.endpoint_id,
    jsonb_build_object('type', 'test', 'data', jsonb_build_object('endpoint', e.endpoint_id))
  from webhook_endpoints e where e.app_id = $1 and e.endpoint_id = $2
  returning app_id, delivery_id, target
), noted as (
  insert into audit (app_id, actor, act, subject) select app_id, $4, 'webhook.test', target from queued
)
select delivery_id from queued`,
    values: [app, endpoint, messageId, actor],
  });
  return rows[0]?.delivery_id ?? null;
}

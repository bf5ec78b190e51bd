import type { AppMode } from '../domain/app-mode.ts';
import { type UserId, userId } from '../domain/ids.ts';
import type { WebhookEvent } from '../domain/webhook/events.ts';
import { currentTraceparent } from '../tracing/spans.ts';
import type { Queryable } from './pool.ts';
import type { SecretKeys } from './secret-keys.ts';
import type { AccountKey } from './totals.ts';

/** A message to an app about one of its users. Its id is made of what it says, so that it is queued once. */
export type QueuedMessage = {
  readonly id: string;
  readonly noticeId: string;
  readonly event: WebhookEvent;
  readonly payload: unknown;
};

/** Names a delivery by its message and its target, whoever makes it. */
const deliveryId = (message: string, target: string): string =>
  `'dlv_' || left(encode(sha256(convert_to(${message} || ' ' || ${target}, 'UTF8')), 'hex'), 32)`;

/**
 * Queues a message for each of the app's endpoints that wants its event now; an escalation that nobody can receive stands as
 * a failed one.
 */
export async function queueWebhooks(
  db: Queryable,
  account: AccountKey,
  { id, noticeId, event, payload }: QueuedMessage,
): Promise<void> {
  await db.query({
    name: 'queue-webhooks',
    text: `
with wanting as (
  select endpoint_id from webhook_endpoints where app_id = $1 and enabled and $6 = any(events)
), queued as (
  insert into deliveries (delivery_id, message_id, app_id, user_id, notice_id, channel, target, payload, traceparent)
  select ${deliveryId('$3::text', 'w.endpoint_id')}, $3, $1, $2, $4, 'webhook', w.endpoint_id, $5, $7 from wanting w
  on conflict do nothing
)
insert into deliveries (
  delivery_id, message_id, app_id, user_id, notice_id, channel, target, payload, status, next_attempt_at, finished_at, last_error)
select ${deliveryId('$3::text', "''")}, $3, $1, $2, $4, 'webhook', '', $5, 'failed', null, now(),
  'no endpoint of the app asks for this event'
where $6 = 'review.escalated' and not exists (select from wanting)
on conflict do nothing`,
    values: [
      account.appId,
      account.userId,
      id,
      noticeId,
      JSON.stringify(payload),
      event,
      currentTraceparent(),
    ],
  });
}

/** A delivery whose turn has come, with all that its channel needs to know of its target. */
export type DueDelivery = {
  readonly id: string;
  readonly messageId: string;
  readonly appId: string;
  readonly userId: UserId;
  readonly target: string;
  readonly payload: unknown;
  /** This attempt's number, from 1. */
  readonly attempt: number;
  readonly ageMs: number;
  readonly url: string;
  /** The newest first. */
  readonly secrets: readonly string[];
  readonly mode: AppMode;
  readonly traceparent: string | null;
};

type Row = {
  delivery_id: string;
  message_id: string;
  app_id: string;
  user_id: string;
  target: string;
  payload: unknown;
  attempts: number;
  age_ms: number;
  url: string;
  secrets: string[];
  mode: AppMode;
  traceparent: string | null;
};

/** How many deliveries of a target are under way in this process. */
export type UnderWay = ReadonlyMap<string, number>;

export type ClaimLimits = {
  /** Of all targets together. */
  readonly most: number;
  /** Of one target, counting those under way: the share that a slow one can take of everybody's. */
  readonly mostOfTarget: number;
  /** After so many failures in a row a target is tried with one at a time. */
  readonly failuresBeforeCare: number;
};

/**
 * Claims due deliveries of webhooks for a minute, a few of each endpoint; those of an endpoint whose circuit is open wait. A
 * dispatcher that dies in between is made good by the next claim.
 */
export async function claimWebhooks(
  db: Queryable,
  open: SecretKeys['open'],
  underWay: UnderWay,
  { most, mostOfTarget, failuresBeforeCare }: ClaimLimits,
): Promise<readonly DueDelivery[]> {
  const { rows } = await db.query<Row>({
    name: 'claim-webhooks',
    text: `
with targets as (
  select e.endpoint_id, e.url, a.mode,
    array_remove(array[e.secret, case when e.previous_until > now() then e.previous_secret end], null) as secrets,
    case when e.failures >= $5 then 1 else $4 end - coalesce(b.under_way, 0) as room
  from webhook_endpoints e join apps a on a.app_id = e.app_id
  left join unnest($1::text[], $2::integer[]) as b(endpoint_id, under_way) using (endpoint_id)
  where e.enabled and (e.paused_until is null or e.paused_until <= now())
), due as materialized (
  select d.delivery_id, t.url, t.secrets, t.mode from targets t cross join lateral (
    select delivery_id from deliveries
    where channel = 'webhook' and target = t.endpoint_id and next_attempt_at <= now()
    order by next_attempt_at limit greatest(t.room, 0) for update skip locked
  ) d
  limit $3
)
update deliveries d set attempts = d.attempts + 1, next_attempt_at = now() + interval '60 seconds'
from due where d.delivery_id = due.delivery_id
returning d.delivery_id, d.message_id, d.app_id, d.user_id, d.target, d.payload, d.attempts,
  (extract(epoch from now() - d.created_at) * 1000)::float8 as age_ms, d.traceparent, due.url, due.secrets, due.mode`,
    values: [[...underWay.keys()], [...underWay.values()], most, mostOfTarget, failuresBeforeCare],
  });
  return rows.map((row) => ({
    id: row.delivery_id,
    messageId: row.message_id,
    appId: row.app_id,
    userId: userId(row.user_id),
    target: row.target,
    payload: row.payload,
    attempt: row.attempts,
    ageMs: row.age_ms,
    url: row.url,
    secrets: row.secrets.map(open),
    mode: row.mode,
    traceparent: row.traceparent,
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
    values: [id, outcome.status, outcome.error?.slice(0, 500) ?? null],
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

import { randomBytes } from 'node:crypto';
import type { AppId } from '../domain/ids.ts';
import type { WebhookEvent } from '../domain/webhook/events.ts';
import type { Queryable } from './pool.ts';
import type { SecretKeys } from './secret-keys.ts';

export type WebhookEndpoint = {
  readonly id: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly enabled: boolean;
  readonly createdAt: number;
  /** Until when a secret that was rotated signs beside the new one, null where none does. */
  readonly previousUntil: number | null;
  /** Failures in a row. */
  readonly failures: number;
};

type Row = {
  endpoint_id: string;
  url: string;
  events: WebhookEvent[];
  enabled: boolean;
  created_at: Date;
  previous_until: Date | null;
  failures: number;
};

const columns = `endpoint_id, url, events, enabled, created_at,
  case when previous_until > now() then previous_until end as previous_until, failures`;

const fromRow = (row: Row): WebhookEndpoint => ({
  id: row.endpoint_id,
  url: row.url,
  events: row.events,
  enabled: row.enabled,
  createdAt: row.created_at.getTime(),
  previousUntil: row.previous_until?.getTime() ?? null,
  failures: row.failures,
});

const newEndpointId = (): string => `whe_${randomBytes(12).toString('hex')}`;

/** 256 random bits in the form that Standard Webhooks asks for. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

export type EndpointWanted = Pick<WebhookEndpoint, 'url' | 'events' | 'enabled'>;
export type EndpointMade = { readonly endpoint: WebhookEndpoint; readonly secret: string };

/** Many endpoints of one app would each be sent everything: more than this are a mistake. */
export const mostEndpoints = 20;

/** Null: the app has as many as it may. */
export async function createEndpoint(
  db: Queryable,
  app: AppId,
  { url, events, enabled }: EndpointWanted,
  seal: SecretKeys['seal'],
  actor: string,
): Promise<EndpointMade | null> {
  const secret = newSecret();
  const { rows } = await db.query<Row>({
    name: 'create-webhook-endpoint',
    text: `
with made as (
  insert into webhook_endpoints (endpoint_id, app_id, url, secret, events, enabled)
  select $2, $1, $3, $4, $5, $6
  where (select count(*) from webhook_endpoints where app_id = $1) < $8
  returning *
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $7, 'webhook.create', endpoint_id, jsonb_build_object('url', url, 'events', events) from made
)
select ${columns} from made`,
    values: [app, newEndpointId(), url, seal(secret), events, enabled, actor, mostEndpoints],
  });
  const [row] = rows;
  return row === undefined ? null : { endpoint: fromRow(row), secret };
}

export async function listEndpoints(db: Queryable, app: AppId): Promise<readonly WebhookEndpoint[]> {
  const { rows } = await db.query<Row>({
    name: 'list-webhook-endpoints',
    text: `select ${columns} from webhook_endpoints where app_id = $1 order by created_at, endpoint_id`,
    values: [app],
  });
  return rows.map(fromRow);
}

/** Changes an endpoint; whoever enables it or moves it starts with a closed circuit. Null: the app has no such endpoint. */
export async function changeEndpoint(
  db: Queryable,
  app: AppId,
  id: string,
  { url, events, enabled }: EndpointWanted,
  actor: string,
): Promise<WebhookEndpoint | null> {
  const { rows } = await db.query<Row>({
    name: 'change-webhook-endpoint',
    text: `
with changed as (
  update webhook_endpoints set url = $3, events = $4, enabled = $5, failures = 0, paused_until = null
  where app_id = $1 and endpoint_id = $2 returning *
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $6, 'webhook.change', endpoint_id, jsonb_build_object('url', url, 'events', events, 'enabled', enabled)
  from changed
)
select ${columns} from changed`,
    values: [app, id, url, events, enabled, actor],
  });
  const [row] = rows;
  return row === undefined ? null : fromRow(row);
}

/** A new secret; the one before signs on beside it for a while. Null: the app has no such endpoint. */
export async function rotateSecret(
  db: Queryable,
  app: AppId,
  id: string,
  overlapMs: number,
  seal: SecretKeys['seal'],
  actor: string,
): Promise<EndpointMade | null> {
  const secret = newSecret();
  const { rows } = await db.query<Row>({
    name: 'rotate-webhook-secret',
    text: `
with rotated as (
  update webhook_endpoints set previous_secret = secret, secret = $3,
    previous_until = now() + $4 * interval '1 millisecond'
  where app_id = $1 and endpoint_id = $2 returning *
), noted as (
  insert into audit (app_id, actor, act, subject) select app_id, $5, 'webhook.rotate', endpoint_id from rotated
)
select ${columns} from rotated`,
    values: [app, id, seal(secret), overlapMs, actor],
  });
  const [row] = rows;
  return row === undefined ? null : { endpoint: fromRow(row), secret };
}

/** What waits for it is given up with it. False: the app has no such endpoint. */
export async function removeEndpoint(db: Queryable, app: AppId, id: string, actor: string): Promise<boolean> {
  const { rows } = await db.query({
    name: 'remove-webhook-endpoint',
    text: `
with removed as (
  delete from webhook_endpoints where app_id = $1 and endpoint_id = $2 returning app_id, endpoint_id, url
), given_up as (
  update deliveries d set status = 'failed', next_attempt_at = null, finished_at = now(), last_error = 'the endpoint was removed'
  from removed where d.app_id = removed.app_id and d.target = removed.endpoint_id and d.status = 'pending'
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $3, 'webhook.remove', endpoint_id, jsonb_build_object('url', url) from removed
)
select from removed`,
    values: [app, id, actor],
  });
  return rows.length === 1;
}

/** Notes how an attempt went: a success closes the circuit, failures in a row open it. Answers the failures in a row. */
export async function noteAttempt(db: Queryable, id: string, arrived: boolean): Promise<number> {
  const { rows } = await db.query<{ failures: number }>({
    name: arrived ? 'note-webhook-arrival' : 'note-webhook-failure',
    text: arrived
      ? `update webhook_endpoints set failures = 0, paused_until = null
         where endpoint_id = $1 and (failures > 0 or paused_until is not null) returning failures`
      : 'update webhook_endpoints set failures = failures + 1 where endpoint_id = $1 returning failures',
    values: [id],
  });
  return rows[0]?.failures ?? 0;
}

export async function pauseEndpoint(db: Queryable, id: string, pauseMs: number): Promise<void> {
  await db.query({
    name: 'pause-webhook-endpoint',
    text: `update webhook_endpoints set paused_until = now() + $2 * interval '1 millisecond' where endpoint_id = $1`,
    values: [id, pauseMs],
  });
}

/** An endpoint that says that it wants no more is sent no more. */
export async function disableEndpoint(db: Queryable, id: string): Promise<void> {
  await db.query({
    name: 'disable-webhook-endpoint',
    text: `
with disabled as (
  update webhook_endpoints set enabled = false where endpoint_id = $1 and enabled returning app_id, endpoint_id
)
insert into audit (app_id, actor, act, subject)
select app_id, 'dispatcher', 'webhook.gone', endpoint_id from disabled`,
    values: [id],
  });
}

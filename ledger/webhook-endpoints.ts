import type { AppId } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';

/** `webhook` hears of everything as it happens, `escalation` of what has waited too long for a person. */
export type WebhookChannel = 'webhook' | 'escalation';

export type WebhookEndpoint = { readonly url: string; readonly secret: string };

export async function putWebhookEndpoint(
  db: Queryable,
  app: AppId,
  channel: WebhookChannel,
  endpoint: WebhookEndpoint,
  actor: string,
): Promise<void> {
  await db.query({
    name: 'put-webhook-endpoint',
    text: `
with noted as (
  insert into audit (app_id, actor, act, subject, details)
  values ($1, $5, $4 || '.put', $1, jsonb_build_object('url', $2::text))
)
insert into webhook_endpoints (app_id, url, secret, channel) values ($1, $2, $3, $4)
on conflict (app_id, channel) do update set url = excluded.url, secret = excluded.secret`,
    values: [app, endpoint.url, endpoint.secret, channel, actor],
  });
}

export async function findWebhookEndpoint(
  db: Queryable,
  app: AppId,
  channel: WebhookChannel,
): Promise<WebhookEndpoint | null> {
  const { rows } = await db.query<{ url: string; secret: string }>({
    name: 'find-webhook-endpoint',
    text: 'select url, secret from webhook_endpoints where app_id = $1 and channel = $2',
    values: [app, channel],
  });
  return rows[0] ?? null;
}

/** False: there was none. */
export async function removeWebhookEndpoint(
  db: Queryable,
  app: AppId,
  channel: WebhookChannel,
  actor: string,
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'remove-webhook-endpoint',
    text: `
with removed as (
  delete from webhook_endpoints where app_id = $1 and channel = $3 returning app_id, url
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $2, $3 || '.remove', app_id, jsonb_build_object('url', url) from removed
)
select from removed`,
    values: [app, actor, channel],
  });
  return rows.length === 1;
}

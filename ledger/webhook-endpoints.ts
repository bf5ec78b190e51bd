import type { AppId } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';

export type WebhookEndpoint = { readonly url: string; readonly secret: string };

export async function putWebhookEndpoint(
  db: Queryable,
  app: AppId,
  endpoint: WebhookEndpoint,
  actor: string,
): Promise<void> {
  await db.query({
    name: 'put-webhook-endpoint',
    text: `
with noted as (
  insert into audit (app_id, actor, act, subject, details)
  values ($1, $4, 'webhook.put', $1, jsonb_build_object('url', $2::text))
)
insert into webhook_endpoints (app_id, url, secret) values ($1, $2, $3)
on conflict (app_id) do update set url = excluded.url, secret = excluded.secret`,
    values: [app, endpoint.url, endpoint.secret, actor],
  });
}

export async function findWebhookEndpoint(db: Queryable, app: AppId): Promise<WebhookEndpoint | null> {
  const { rows } = await db.query<{ url: string; secret: string }>({
    name: 'find-webhook-endpoint',
    text: 'select url, secret from webhook_endpoints where app_id = $1',
    values: [app],
  });
  return rows[0] ?? null;
}

/** False: there was none. */
export async function removeWebhookEndpoint(db: Queryable, app: AppId, actor: string): Promise<boolean> {
  const { rows } = await db.query({
    name: 'remove-webhook-endpoint',
    text: `
with removed as (
  delete from webhook_endpoints where app_id = $1 returning app_id, url
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $2, 'webhook.remove', app_id, jsonb_build_object('url', url) from removed
)
select from removed`,
    values: [app, actor],
  });
  return rows.length === 1;
}

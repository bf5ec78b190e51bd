import type { Queryable } from './pool.ts';

export type OperationalState = {
  readonly deliveries: { readonly pending: number; readonly oldestDueSeconds: number };
  readonly reviews: { readonly open: number; readonly overdue: number };
};

/** What waits for somebody: messages for their endpoints, reviews for a person. Reviews are due on their app's clock. */
export async function operationalState(db: Queryable): Promise<OperationalState> {
  const { rows } = await db.query<{
    pending: number;
    oldest_due: number;
    open: number;
    overdue: number;
  }>({
    name: 'operational-state',
    text: `
select
  (select count(*)::int from deliveries where next_attempt_at is not null) as pending,
  coalesce((select extract(epoch from now() - min(next_attempt_at)) from deliveries d
    where next_attempt_at <= now() and not exists (
      select from webhook_endpoints e where e.endpoint_id = d.target and (e.paused_until > now() or not e.enabled))), 0)::float8 as oldest_due,
  count(*)::int as open,
  count(*) filter (where r.due_at < now() + app.clock_offset_ms * interval '1 millisecond')::int as overdue
from reviews r join apps app using (app_id) where r.status = 'open'`,
  });
  const [row] = rows;
  return {
    deliveries: { pending: row?.pending ?? 0, oldestDueSeconds: Math.max(0, row?.oldest_due ?? 0) },
    reviews: { open: row?.open ?? 0, overdue: row?.overdue ?? 0 },
  };
}

import type { AppId } from '../domain/ids.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Queryable } from './pool.ts';
import { instantFromRow, instantToRow } from './rows/instant.ts';

const nowOf = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint';

/** The app's clock. Null: no such app, or one that lives on the real clock. */
export async function readTestClock(db: Queryable, app: AppId): Promise<Instant | null> {
  const { rows } = await db.query<{ now: number }>({
    name: 'read-test-clock',
    text: `select ${nowOf} + clock_offset_ms as now from apps where app_id = $1 and mode = 'sandbox'`,
    values: [app],
  });
  return rows[0] === undefined ? null : instant(rows[0].now);
}

/**
 * Moves a sandbox app's clock to an instant, never back; what was to be told soon is told now. `actor`: who asked for it; null on
 * the way there.
 */
export async function raiseTestClock(
  db: Queryable,
  app: AppId,
  to: Instant,
  actor: string | null,
): Promise<void> {
  await db.query({
    name: 'raise-test-clock',
    text: `
with moved as (
  update apps set clock_offset_ms = greatest(clock_offset_ms, $2 - ${nowOf})
  where app_id = $1 and mode = 'sandbox' returning app_id
), hurried as (
  update outbox o set send_at = now() from moved m
  where o.app_id = m.app_id and o.send_at > now() and o.attempts = 0
)
insert into audit (app_id, actor, act, subject, details)
select app_id, $3, 'clock.advance', app_id, jsonb_build_object('to', to_timestamp($2::float8 / 1000))
from moved where $3::text is not null`,
    values: [app, to, actor],
  });
}

/** The next instant up to `until` at which an account of the app has something due, null if there is none. */
export async function nextWake(db: Queryable, app: AppId, until: Instant): Promise<Instant | null> {
  const { rows } = await db.query<{ at: string | null }>({
    name: 'next-wake',
    text: `
select to_jsonb(min(wake_at)) #>> '{}' as at from outbox
where app_id = $1 and wake_at <= $2 and set_aside_at is null`,
    values: [app, instantToRow(until)],
  });
  const at = rows[0]?.at ?? null;
  return at === null ? null : instantFromRow(at);
}

/** Accounts that are due on the app's clock, or were told something that they have not acknowledged. */
export async function countUnsettled(db: Queryable, app: AppId): Promise<number> {
  const { rows } = await db.query<{ unsettled: number }>({
    name: 'count-unsettled',
    text: `
select count(*) as unsettled from apps a join outbox o using (app_id)
where a.app_id = $1 and o.set_aside_at is null
  and (o.wake_at <= clock_timestamp() + a.clock_offset_ms * interval '1 millisecond'
    or (o.seq > o.acked_seq and (o.send_at <= now() or o.attempts > 0)))`,
    values: [app],
  });
  return rows[0]?.unsettled ?? 0;
}

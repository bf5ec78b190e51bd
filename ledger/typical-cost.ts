import type { AppId } from '../domain/ids.ts';
import { microUsd } from '../domain/money.ts';
import type { TypicalCost } from '../domain/policy/findings.ts';
import type { Queryable } from './pool.ts';

/** What the app's sessions cost that ended in the last 30 days of its clock. Null: none did. */
export async function typicalCost(db: Queryable, app: AppId): Promise<TypicalCost | null> {
  const { rows } = await db.query<{ median: number | null; p90: number | null; sessions: number }>({
    name: 'typical-cost',
    text: `
select percentile_disc(0.5) within group (order by s.spent_micro_usd) as median,
  percentile_disc(0.9) within group (order by s.spent_micro_usd) as p90, count(*) as sessions
from apps a join sessions s using (app_id)
where a.app_id = $1 and s.counted
  and s.ended_at > clock_timestamp() + a.clock_offset_ms * interval '1 millisecond' - interval '30 days'`,
    values: [app],
  });
  const row = rows[0];
  if (row === undefined || row.median === null || row.p90 === null) return null;
  return { median: microUsd(row.median), p90: microUsd(row.p90), sessions: row.sessions };
}

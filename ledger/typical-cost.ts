import type { AppId } from '../domain/ids.ts';
import { microUsd } from '../domain/money.ts';
import type { TypicalCosts } from '../domain/policy/findings.ts';
import type { Queryable } from './pool.ts';

/**
 * What the app's sessions cost that ended in the last 30 days of its clock, by the plan of their period. Sessions that
 * were given back for want of usage are left out.
 */
export async function typicalCosts(db: Queryable, app: AppId): Promise<TypicalCosts> {
  const { rows } = await db.query<{ plan: string; median: number; p90: number; sessions: number }>({
    name: 'typical-costs',
    text: `
select p.plan, percentile_disc(0.5) within group (order by s.spent_micro_usd) as median,
  percentile_disc(0.9) within group (order by s.spent_micro_usd) as p90, count(*) as sessions
from apps a join sessions s using (app_id)
join periods p on p.app_id = s.app_id and p.user_id = s.user_id and p.number = s.period
where a.app_id = $1 and s.counted
  and s.ended_at > clock_timestamp() + a.clock_offset_ms * interval '1 millisecond' - interval '30 days'
group by p.plan`,
    values: [app],
  });
  return new Map(
    rows.map(({ plan, median, p90, sessions }) => [
      plan,
      { median: microUsd(median), p90: microUsd(p90), sessions },
    ]),
  );
}

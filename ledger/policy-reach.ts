import { type AppId, policyVersion } from '../domain/ids.ts';
import { microUsd } from '../domain/money.ts';
import type { Asking, Use } from '../domain/policy/reach.ts';
import type { Queryable } from './pool.ts';

/** What the app's running periods have used, grouped: whom other limits would stop can be told from it. */
export async function runningUse(db: Queryable, app: AppId): Promise<Use[]> {
  const { rows } = await db.query<{
    version: string;
    plan: string;
    sessions_used: number;
    spent: number;
    accounts: number;
  }>({
    name: 'running-use',
    text: `
select p.policy_version as version, p.plan, p.sessions_used, p.spent_micro_usd as spent, count(*) as accounts
from apps app
join accounts a using (app_id)
join periods p on p.app_id = a.app_id and p.user_id = a.user_id and p.number = a.current_period
where app.app_id = $1 and p.ends_at > clock_timestamp() + app.clock_offset_ms * interval '1 millisecond'
group by 1, 2, 3, 4`,
    values: [app],
  });
  return rows.map((row) => ({
    version: policyVersion(row.version),
    plan: row.plan,
    sessionsUsed: row.sessions_used,
    spent: microUsd(row.spent),
    accounts: row.accounts,
  }));
}

/** How many accounts ask for which plan; null: the policy's default. */
export async function accountsByPlan(db: Queryable, app: AppId): Promise<Asking[]> {
  const { rows } = await db.query<{ plan: string | null; accounts: number }>({
    name: 'accounts-by-plan',
    text: 'select plan, count(*) as accounts from accounts where app_id = $1 group by plan order by accounts desc',
    values: [app],
  });
  return rows.map(({ plan, accounts }) => ({ plan, accounts }));
}

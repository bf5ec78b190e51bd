import type { Pool } from 'pg';

/** What must hold after every leg: queries for what breaks it. */
const promises: ReadonlyArray<{ readonly name: string; readonly breaches: string }> = [
  {
    name: 'the counters of a period equal the sums of its sessions and calls',
    breaches: `
with in_sessions as (
  select app_id, user_id, period, count(*) filter (where counted) as used, sum(held_micro_usd) as held,
    sum(spent_micro_usd) as spent, sum(overshoot_micro_usd) as overshoot
  from sessions group by 1, 2, 3
)
select p.user_id from periods p full join in_sessions s
  on s.app_id = p.app_id and s.user_id = p.user_id and s.period = p.number
where (p.sessions_used, p.held_micro_usd, p.spent_micro_usd, p.overshoot_micro_usd)
  is distinct from (coalesce(s.used, 0), coalesce(s.held, 0), coalesce(s.spent, 0), coalesce(s.overshoot, 0))
limit 5`,
  },
  {
    name: 'the spending of a session equals the sum of its calls',
    breaches: `
select s.user_id from sessions s left join (
  select session_id, sum(cost_micro_usd) as cost, count(*) as calls from usage_events group by 1
) e using (session_id)
where (s.spent_micro_usd, s.usage_events) is distinct from (coalesce(e.cost, 0), coalesce(e.calls, 0))
limit 5`,
  },
  {
    name: 'nobody has more sessions than the plan allows',
    breaches: `
select p.user_id from periods p join policies d on d.app_id = p.app_id and d.version = p.policy_version
where p.sessions_used > (d.document #>> array['plans', p.plan, 'sessions', 'per_month'])::integer
limit 5`,
  },
];

/** @throws Error that names the promise that does not hold. */
export async function verifyLedger(db: Pool): Promise<void> {
  for (const { name, breaches } of promises) {
    const { rows } = await db.query<{ user_id: string }>(breaches);
    if (rows.length > 0)
      throw new Error(
        `The ledger is wrong: ${name}. Not so for ${rows.map((row) => row.user_id).join(', ')}.`,
      );
  }
}

export async function verifyBaseline(db: Pool): Promise<void> {
  const { rows } = await db.query(`
select m.user_id from usage_months m left join (select user_id, count(*) as sessions from sessions group by 1) s
  using (user_id)
where m.sessions_used <> coalesce(s.sessions, 0) or m.sessions_used > m.session_limit limit 1`);
  if (rows.length > 0) throw new Error('The baseline is wrong: its counters do not equal its sessions.');
}

import type { Pool } from 'pg';

/** What the ledger says of the run: read by SQL, apart from everything the demo counted itself. */
export type Figures = {
  readonly users: number;
  readonly periods: number;
  readonly resets: number;
  readonly resetNotices: number;
  readonly crossings: readonly { readonly threshold: number; readonly reached: number }[];
  readonly nudges: readonly {
    readonly threshold: number;
    readonly decision: string;
    readonly count: number;
  }[];
  readonly spentUsd: number;
  readonly overshootUsd: number;
  readonly sessionsOverCap: number;
  readonly periodsInBuffer: number;
  readonly medianUserUsd: number;
  readonly topUserUsd: number;
  readonly topShare: number;
};

const usd = (microUsd: number): number => microUsd / 1_000_000;

type Spending = { readonly spent: number };

/** `topUserUsd`: the mean of the dearest 1 %. */
function tailOf(spending: readonly Spending[]) {
  const sorted = spending.map(({ spent }) => spent).sort((left, right) => right - left);
  const total = sorted.reduce((sum, spent) => sum + spent, 0);
  const top = sorted.slice(0, Math.max(1, Math.round(sorted.length / 100)));
  const topTotal = top.reduce((sum, spent) => sum + spent, 0);
  return {
    medianUserUsd: usd(sorted[Math.floor(sorted.length / 2)] ?? 0),
    topUserUsd: usd(topTotal / top.length),
    topShare: total === 0 ? 0 : topTotal / total,
  };
}

export async function readFigures(db: Pool, app: string): Promise<Figures> {
  const totals = await db.query<{
    users: number;
    periods: number;
    resets: number;
    reset_notices: number;
    spent: number;
    overshoot: number;
    over_cap: number;
  }>(
    `select (select count(*) from accounts where app_id = $1) as users,
            (select count(*) from periods where app_id = $1) as periods,
            (select coalesce(sum(current_period - 1), 0)::bigint from accounts where app_id = $1) as resets,
            (select count(*) from notices where app_id = $1 and kind = 'reset') as reset_notices,
            (select coalesce(sum(spent_micro_usd), 0)::bigint from periods where app_id = $1) as spent,
            (select coalesce(sum(overshoot_micro_usd), 0)::bigint from periods where app_id = $1) as overshoot,
            (select count(*) from sessions where app_id = $1 and overshoot_micro_usd > 0) as over_cap`,
    [app],
  );
  const crossings = await db.query<{ threshold: number; reached: number }>(
    'select threshold, count(*) as reached from crossings where app_id = $1 group by 1 order by 1',
    [app],
  );
  const nudges = await db.query<{ threshold: number; decision: string; count: number }>(
    'select threshold, decision, count(*) from nudges where app_id = $1 group by 1, 2 order by 1, 2',
    [app],
  );
  const spending = await db.query<Spending>(
    `select coalesce(sum(p.spent_micro_usd), 0)::bigint as spent
     from accounts a left join periods p using (app_id, user_id) where a.app_id = $1 group by a.user_id`,
    [app],
  );
  const buffer = await db.query<{ periods: number }>(
    `select count(*) as periods from periods p join policies d on d.app_id = p.app_id and d.version = p.policy_version
     where p.app_id = $1
       and spent_micro_usd > 1000000 * (document #>> array['plans', p.plan, 'budget', 'per_month'])::numeric
           * (1 - rtrim(document #>> array['plans', p.plan, 'budget', 'buffer'], '%')::numeric / 100)`,
    [app],
  );
  const [row] = totals.rows;
  if (row === undefined) throw new Error('the ledger gave no totals');
  return {
    users: row.users,
    periods: row.periods,
    resets: row.resets,
    resetNotices: row.reset_notices,
    crossings: crossings.rows,
    nudges: nudges.rows,
    spentUsd: usd(row.spent),
    overshootUsd: usd(row.overshoot),
    sessionsOverCap: row.over_cap,
    periodsInBuffer: buffer.rows[0]?.periods ?? 0,
    ...tailOf(spending.rows),
  };
}

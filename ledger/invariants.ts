import type { Queryable } from './pool.ts';

/** A promise of the ledger as a query for what breaks it: no row, no breach. `$1` is the app. */
type Invariant = { readonly name: string; readonly breaches: string };

/** Grants, overrides and paid plans change what a plan allows by the instant: their arithmetic is proved on the pure engine. */
const hasPlainLimits = `not exists (
  select from commands m where m.app_id = s.app_id and m.user_id = s.user_id and m.kind in ('grant', 'override', 'upgrade'))`;

/** The policy that session `s` was admitted under: its period `p` may have been put under another since. */
const policyWhenAdmitted = `coalesce((
  select k.former_policy from policy_changes k
  where k.app_id = s.app_id and k.user_id = s.user_id and k.period = s.period and k.version > s.admitted_version
  order by k.version limit 1), p.policy_version)`;

/** What holds after every commit, whatever else runs. */
const always: readonly Invariant[] = [
  {
    name: 'the counters of a period equal the sums of the ledger',
    breaches: `
with in_sessions as (
  select user_id, period, count(*) filter (where counted) as used, sum(held_micro_usd) as held,
         sum(overshoot_micro_usd) as overshoot
  from sessions where app_id = $1 group by 1, 2
), in_calls as (
  select user_id, period, sum(cost_micro_usd) as spent, sum(overshoot_micro_usd) as overshoot
  from usage_events where app_id = $1 group by 1, 2
)
select p.user_id, p.number from periods p
left join in_sessions s on s.user_id = p.user_id and s.period = p.number
left join in_calls c on c.user_id = p.user_id and c.period = p.number
where p.app_id = $1
  and (p.sessions_used, p.held_micro_usd, p.overshoot_micro_usd, p.overshoot_micro_usd, p.spent_micro_usd)
  is distinct from (
    coalesce(s.used, 0) + coalesce((p.carried ->> 'sessions')::bigint, 0), coalesce(s.held, 0),
    coalesce(s.overshoot, 0) + coalesce((p.carried ->> 'overshoot')::bigint, 0),
    coalesce(c.overshoot, 0) + coalesce((p.carried ->> 'overshoot')::bigint, 0),
    coalesce(c.spent, 0) + coalesce((p.carried ->> 'spent')::bigint, 0))`,
  },
  {
    name: 'the spending of a session equals the sum of its calls',
    breaches: `
select s.session_id from sessions s left join usage_events e using (session_id) where s.app_id = $1
group by s.session_id
having s.spent_micro_usd <> coalesce(sum(e.cost_micro_usd), 0) or s.usage_events <> count(e.event_id)
  or s.overshoot_micro_usd <> coalesce(sum(e.overshoot_micro_usd), 0)`,
  },
  {
    name: 'today’s spending equals the calls recorded today',
    breaches: `
select a.user_id from accounts a left join usage_events e
  on e.app_id = a.app_id and e.user_id = a.user_id and e.recorded_at >= a.day_starts_at and e.recorded_at < a.day_ends_at
where a.app_id = $1 and a.day_date is not null and not exists (
  select from periods p where p.app_id = a.app_id and p.user_id = a.user_id and p.carried is not null)
group by a.user_id, a.day_spent_micro_usd having a.day_spent_micro_usd <> coalesce(sum(e.cost_micro_usd), 0)`,
  },
  {
    name: 'a call is counted in the period of its session, for the user of its session',
    breaches: `
select e.event_id from usage_events e left join sessions s using (session_id)
where e.app_id = $1 and (e.app_id, e.user_id, e.period) is distinct from (s.app_id, s.user_id, s.period)`,
  },
  {
    name: 'periods tile: no gap, no overlap',
    breaches: `
select user_id, number from (
  select user_id, number, ends_at, lead(starts_at) over w as next_start, lead(number) over w as next_number
  from periods where app_id = $1 window w as (partition by user_id order by number)
) p where next_number is not null and (ends_at > next_start or (next_number = number + 1 and ends_at <> next_start))`,
  },
  {
    name: 'no hold was granted beyond the hard budget',
    breaches: `
select s.session_id
from sessions s
join periods p on p.app_id = s.app_id and p.user_id = s.user_id and p.number = s.period
join policies d on d.app_id = p.app_id and d.version = ${policyWhenAdmitted}
cross join lateral (
  select coalesce(sum(e.cost_micro_usd), 0) as spent from sessions b join usage_events e using (session_id)
  where b.app_id = s.app_id and b.user_id = s.user_id and b.period = s.period and e.version < s.admitted_version
) before
cross join lateral (
  select coalesce(sum(greatest(o.cap_micro_usd - coalesce((
    select sum(e.cost_micro_usd) from usage_events e
    where e.session_id = o.session_id and e.version < s.admitted_version), 0), 0)), 0) as held
  from sessions o
  where o.app_id = s.app_id and o.user_id = s.user_id and o.period = s.period
    and o.admitted_version < s.admitted_version
    and (o.ended_version is null or o.ended_version > s.admitted_version)
) running
where s.app_id = $1 and ${hasPlainLimits}
  and before.spent + running.held + s.cap_micro_usd
      > 1000000 * (d.document #>> array['plans', p.plan, 'budget', 'per_month'])::numeric`,
  },
  {
    name: 'never more sessions at once than the plan allows',
    breaches: `
select s.session_id from sessions s
join periods p on p.app_id = s.app_id and p.user_id = s.user_id and p.number = s.period
join policies d on d.app_id = p.app_id and d.version = ${policyWhenAdmitted}
join sessions o on o.app_id = s.app_id and o.user_id = s.user_id
  and o.admitted_version <= s.admitted_version and (o.ended_version is null or o.ended_version > s.admitted_version)
where s.app_id = $1 and ${hasPlainLimits}
group by s.session_id, d.document, p.plan
having count(*) > (d.document #>> array['plans', p.plan, 'sessions', 'concurrent'])::integer`,
  },
  {
    name: 'no decision admitted two sessions, and no version is above its account’s',
    breaches: `
select user_id from sessions where app_id = $1 group by user_id, admitted_version having count(*) > 1
union all
select a.user_id from accounts a join sessions s using (app_id, user_id) where app_id = $1 and s.admitted_version > a.version`,
  },
  {
    name: 'a period remembers the thresholds it crossed, each once',
    breaches: `
select p.user_id, p.number from periods p left join crossings c
  on c.app_id = p.app_id and c.user_id = p.user_id and c.period = p.number
where p.app_id = $1 group by p.user_id, p.number, p.crossed
having p.crossed <> coalesce(array_agg(c.threshold order by c.threshold) filter (where c.threshold is not null), '{}')`,
  },
  {
    name: 'commands are numbered without a gap',
    breaches: `
select a.user_id from accounts a left join commands c using (app_id, user_id) where app_id = $1
group by a.user_id, a.last_command
having count(c.number) <> a.last_command or coalesce(max(c.number), 0) <> a.last_command`,
  },
];

/** What only callers that stop when they are told to, one call at a time, can rely on. */
const forObedientCallers: readonly Invariant[] = [
  {
    name: 'no session overshot its cap by more than its dearest call',
    breaches: `
select s.session_id from sessions s join usage_events e using (session_id) where s.app_id = $1
group by s.session_id having s.overshoot_micro_usd > max(e.cost_micro_usd)`,
  },
];

/** What holds once the workflows have taken in all they were told. */
const onceSettled: readonly Invariant[] = [
  {
    name: 'no nudge twice, and none that was not delivered: a notice for each delivered crossing, and no other',
    breaches: `
select user_id, period, threshold, count(*) from (
  select user_id, period, threshold from nudges where app_id = $1 and decision = 'delivered'
  union all
  select user_id, period, threshold from notices where app_id = $1 and kind = 'nudge'
) both_sides group by 1, 2, 3 having count(*) <> 2`,
  },
  {
    name: 'every crossing was decided',
    breaches: `
select c.user_id from crossings c left join nudges n using (app_id, user_id, period, threshold)
where c.app_id = $1 and n.decision is null`,
  },
  {
    name: 'every workflow has acknowledged everything it was told',
    breaches: `select user_id from outbox where app_id = $1 and (set_aside_at is not null or send_at is not null)`,
  },
];

const circumstances = { always, forObedientCallers, onceSettled } as const;

export type Circumstance = keyof typeof circumstances;
export type Checked = { readonly name: string; readonly breaches: number };

export async function checkInvariants(
  db: Queryable,
  app: string,
  under: readonly Circumstance[] = ['always', 'forObedientCallers', 'onceSettled'],
): Promise<readonly Checked[]> {
  const checked: Checked[] = [];
  for (const { name, breaches } of under.flatMap((circumstance) => circumstances[circumstance])) {
    const { rows } = await db.query(breaches, [app]);
    checked.push({ name, breaches: rows.length });
  }
  return checked;
}

import { type DecisionContext, termsOfPeriod } from '../domain/account/context.ts';
import type { Account, Review } from '../domain/account/state.ts';
import type { AppMode } from '../domain/app-mode.ts';
import type { AppId, UserId } from '../domain/ids.ts';
import { hitsTold } from '../domain/growth/limit-streak.ts';
import { instant } from '../domain/instant.ts';
import { resetJitter } from '../domain/notice/reset-jitter.ts';
import type { OpenReview } from '../domain/risk/open-review.ts';
import { type PeriodFacts, periodTotals } from '../domain/period-totals.ts';
import type { AccountTotals, CrossingTotals, NudgeDecision } from '../domain/totals.ts';
import type { Ledger } from './ledger.ts';
import { reviewAsItStands } from './reviews.ts';
import { type AccountRow, accountFromRow } from './rows/account.ts';
import { type CommandRow, commandFromRow } from './rows/command.ts';
import { instantFromRow } from './rows/instant.ts';
import { type PeriodRow, periodFromRow } from './rows/period.ts';
import { type ReviewRow, reviewFromRow } from './rows/story.ts';

export type AccountKey = { readonly appId: AppId; readonly userId: UserId };

type CrossingRow = {
  period: number;
  threshold: number;
  dimension: CrossingTotals['dimension'];
  crossed_at: string;
  decision: NudgeDecision | null;
};

type Row = {
  epoch: number;
  now: number;
  clock_offset_ms: number;
  mode: AppMode;
  account: AccountRow;
  periods: (PeriodRow & { readonly accounted_at: string | null })[];
  limit_hits: { readonly period: number; readonly at: string }[] | null;
  crossings: CrossingRow[] | null;
  commands: CommandRow[] | null;
  risk_score: number;
  review: ReviewRow | null;
  traceparent: string | null;
};

/**
 * Periods the workflow has not heard of since it last acknowledged, ended ones it has not accounted for, and the current
 * one.
 */
const statement = `
select
  floor(extract(epoch from clock_timestamp()) * 1000)::bigint + app.clock_offset_ms as now,
  greatest(o.epoch, (select e.epoch from ledger_epoch e)) as epoch, app.clock_offset_ms, app.mode, o.traceparent, to_jsonb(a) as account,
  coalesce(jsonb_agg(to_jsonb(p) order by p.number) filter (where p.number is not null), '[]') as periods,
  (select jsonb_agg(to_jsonb(c) || jsonb_build_object('decision', n.decision) order by c.period, c.threshold)
    from crossings c left join nudges n using (app_id, user_id, period, threshold)
    where c.app_id = a.app_id and c.user_id = a.user_id and c.period = any(array_agg(p.number))) as crossings,
  (select jsonb_agg(c order by c.number) from commands c
    where c.app_id = a.app_id and c.user_id = a.user_id
      and c.number > (a.entitlement ->> 'foldedThrough')::integer) as commands,
  coalesce((select r.score from reviews r where r.app_id = a.app_id and r.user_id = a.user_id
    order by r.opened_at desc limit 1), 0) as risk_score,
  (select ${reviewAsItStands} from reviews r
    where r.app_id = a.app_id and r.user_id = a.user_id and r.status = 'open'
    order by r.opened_at desc limit 1) as review,
  (select jsonb_agg(h order by h.period) from (
    select period, crossed_at as at from crossings
    where app_id = a.app_id and user_id = a.user_id and threshold = 100 order by period desc limit $3) h) as limit_hits
from unnest($1::text[], $2::text[]) as asked(app_id, user_id)
join accounts a using (app_id, user_id)
join apps app using (app_id)
left join outbox o using (app_id, user_id)
left join periods p on p.app_id = a.app_id and p.user_id = a.user_id
  and (p.number = a.current_period or p.version > coalesce(o.acked_seq, 0)
    or (p.number < a.current_period and p.accounted_at is null))
group by a.app_id, a.user_id, app.app_id, o.acked_seq, o.epoch, o.traceparent`;

type ReadPeriodRow = Row['periods'][number];

const factsFromRow = (row: ReadPeriodRow, crossings: readonly CrossingRow[]): PeriodFacts => ({
  period: periodFromRow(row),
  accounted: row.accounted_at !== null,
  crossings: crossings
    .filter(({ period }) => period === row.number)
    .map(({ threshold, dimension, crossed_at: crossedAt, decision }) => ({
      threshold,
      dimension,
      at: instantFromRow(crossedAt),
      decided: decision,
    })),
});

/** How it is escalated follows the policy of the period that runs. */
function openReview(
  review: Review,
  { currentPeriod }: Account,
  row: Row,
  policyOf: DecisionContext['policyOf'],
): OpenReview | null {
  const running = row.periods.find(({ number }) => number === currentPeriod);
  if (running === undefined) return null;
  const terms = termsOfPeriod(periodFromRow(running), { policyOf });
  return { ...review, escalateAfter: terms.reviewEscalateAfter, afterwards: terms.reviewThen };
}

function totalsFromRow(row: Row, policyOf: DecisionContext['policyOf']): AccountTotals {
  const account = accountFromRow(row.account);
  const commands = (row.commands ?? []).map(commandFromRow);
  const context = { now: instant(row.now), policyOf };
  return {
    v: 1,
    appId: account.appId,
    userId: account.userId,
    epoch: row.epoch,
    seq: account.version,
    clockOffset: row.clock_offset_ms,
    resetJitter: row.mode === 'sandbox' ? 0 : resetJitter(account.userId),
    entitlement: account.entitlement,
    commands,
    riskScore: row.risk_score,
    review: row.review === null ? null : openReview(reviewFromRow(row.review), account, row, policyOf),
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
    limitHits: (row.limit_hits ?? []).map(({ period, at }) => ({ period, at: instantFromRow(at) })),
    periods: row.periods.map((period) =>
      periodTotals(factsFromRow(period, row.crossings ?? []), { account, commands }, context),
    ),
  };
}

/** The present totals of several accounts, read in one statement. Accounts that are not there are left out. */
export async function readTotals(ledger: Ledger, accounts: readonly AccountKey[]): Promise<AccountTotals[]> {
  const { rows } = await ledger.pool.query<Row>({
    name: 'read-totals',
    text: statement,
    values: [accounts.map((account) => account.appId), accounts.map((account) => account.userId), hitsTold],
  });
  const versions = rows.flatMap((row) => row.periods.map((period) => periodFromRow(period).policyVersion));
  await ledger.policies.fetch([...new Set(versions)]);
  return rows.map((row) => totalsFromRow(row, ledger.policies.read));
}

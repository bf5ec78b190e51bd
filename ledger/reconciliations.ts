import { lifecycleOf } from '../domain/account/entitlement.ts';
import type { Entitlement } from '../domain/account/entitlement.ts';
import { appId, userId } from '../domain/ids.ts';
import type { LedgerSide } from '../domain/reconcile/verdict.ts';
import type { Queryable } from './pool.ts';
import type { AccountKey } from './totals.ts';

/** Accounts in the order of their keys: the last of a page is where the next begins. */
export type Place = { readonly app: string; readonly user: string };

export type LedgerAccount = AccountKey & { readonly side: LedgerSide };

type Row = {
  app_id: string;
  user_id: string;
  waits: boolean;
  overdue_ms: number | null;
  unanswered_ms: number | null;
  entitlement: Entitlement;
};

/** A page of accounts as their workflows ought to be; those that are being erased are nobody's to mend. */
export async function readLedgerSides(
  db: Queryable,
  after: Place,
  limit: number,
): Promise<readonly LedgerAccount[]> {
  const { rows } = await db.query<Row>({
    name: 'read-ledger-sides',
    text: `
select o.app_id, o.user_id, o.wake_at is not null as waits,
  floor(extract(epoch from clock_timestamp() + app.clock_offset_ms * interval '1 millisecond' - o.wake_at) * 1000)::bigint as overdue_ms,
  case when o.seq > o.acked_seq or o.send_at is not null
    then floor(extract(epoch from clock_timestamp() - coalesce(o.sent_at, o.send_at, clock_timestamp())) * 1000)::bigint
    end as unanswered_ms,
  a.entitlement
from outbox o
join apps app using (app_id)
join accounts a on a.app_id = o.app_id and a.user_id = o.user_id
where (o.app_id, o.user_id) > ($1, $2)
  and not exists (select from erasures e where e.app_id = o.app_id and e.user_id = o.user_id)
order by o.app_id, o.user_id limit $3`,
    values: [after.app, after.user, limit],
  });
  return rows.map((row) => ({
    appId: appId(row.app_id),
    userId: userId(row.user_id),
    side: {
      waits: row.waits,
      overdueBy: row.overdue_ms ?? Number.NEGATIVE_INFINITY,
      unansweredFor: row.unanswered_ms,
      ended: lifecycleOf(row.entitlement) === 'upgraded',
    },
  }));
}

/** Which of these accounts the ledger does not know at all, not even as being erased. */
export async function unknownAccounts(
  db: Queryable,
  accounts: readonly AccountKey[],
): Promise<readonly AccountKey[]> {
  const { rows } = await db.query<{ app_id: string; user_id: string }>({
    name: 'unknown-accounts',
    text: `
select asked.app_id, asked.user_id from unnest($1::text[], $2::text[]) as asked(app_id, user_id)
where not exists (select from accounts a where a.app_id = asked.app_id and a.user_id = asked.user_id)
  and not exists (select from erasures e where e.app_id = asked.app_id and e.user_id = asked.user_id)`,
    values: [accounts.map((account) => account.appId), accounts.map((account) => account.userId)],
  });
  return rows.map((row) => ({ appId: appId(row.app_id), userId: userId(row.user_id) }));
}

export type Reconciled = {
  readonly accounts: number;
  readonly missing: number;
  readonly failed: number;
  readonly stale: number;
  readonly needless: number;
  readonly orphaned: number;
  readonly mended: number;
};

/** What a run has seen so far; `finished` once it has come to the end. */
export async function noteReconciliation(
  db: Queryable,
  runId: string,
  seen: Reconciled,
  finished: boolean,
): Promise<void> {
  await db.query({
    name: 'note-reconciliation',
    text: `
insert into reconciliations (run_id, finished_at, accounts, missing, failed, stale, needless, orphaned, mended)
values ($1, case when $2 then now() end, $3, $4, $5, $6, $7, $8, $9)
on conflict (run_id) do update set finished_at = excluded.finished_at, accounts = excluded.accounts,
  missing = excluded.missing, failed = excluded.failed, stale = excluded.stale, needless = excluded.needless,
  orphaned = excluded.orphaned, mended = excluded.mended`,
    values: [
      runId,
      finished,
      seen.accounts,
      seen.missing,
      seen.failed,
      seen.stale,
      seen.needless,
      seen.orphaned,
      seen.mended,
    ],
  });
}

/** The newest run that came to its end, and how long ago. Null: none has. */
export async function lastReconciliation(
  db: Queryable,
): Promise<(Reconciled & { readonly ageSeconds: number }) | null> {
  const { rows } = await db.query<Reconciled & { ageSeconds: number }>({
    name: 'last-reconciliation',
    text: `
select accounts, missing, failed, stale, needless, orphaned, mended,
  extract(epoch from now() - finished_at)::float8 as "ageSeconds"
from reconciliations where finished_at is not null order by started_at desc limit 1`,
  });
  return rows[0] ?? null;
}

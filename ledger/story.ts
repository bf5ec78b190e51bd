import { type PolicyVersion, policyVersion } from '../domain/ids.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { AccountRecord } from '../domain/story/record.ts';
import type { Ledger } from './ledger.ts';
import type { Queryable } from './pool.ts';
import { type AccountRow, accountFromRow } from './rows/account.ts';
import { type AuthorizationRow, authorizationFromRow } from './rows/authorization.ts';
import type { CommandRow } from './rows/command.ts';
import { type PeriodRow, periodFromRow } from './rows/period.ts';
import { type SessionRow, sessionFromRow } from './rows/session.ts';
import {
  type CrossingRow,
  type NudgeRow,
  type PolicyChangeRow,
  type ResetRow,
  type ReviewRow,
  type UsageEventRow,
  crossingFromRow,
  issuedFromRow,
  nudgeFromRow,
  policyChangeFromRow,
  resetFromRow,
  reviewFromRow,
  usageEventFromRow,
} from './rows/story.ts';
import type { AccountKey } from './totals.ts';

/** All rows of one account, read in one statement and so of one instant. Usage is found by its sessions. */
const statement = `
select
  floor(extract(epoch from clock_timestamp()) * 1000)::bigint + app.clock_offset_ms as now, app.policy_version,
  to_json(a) as account,
  (select json_agg(p) from periods p where p.app_id = a.app_id and p.user_id = a.user_id) as periods,
  (select json_agg(s) from sessions s where s.app_id = a.app_id and s.user_id = a.user_id) as sessions,
  (select json_agg(e) from sessions s join usage_events e on e.session_id = s.session_id and e.app_id = s.app_id
    where s.app_id = a.app_id and s.user_id = a.user_id) as usage_events,
  (select json_agg(z) from sessions s join authorizations z on z.session_id = s.session_id and z.app_id = s.app_id
    where s.app_id = a.app_id and s.user_id = a.user_id) as authorizations,
  (select json_agg(c) from crossings c where c.app_id = a.app_id and c.user_id = a.user_id) as crossings,
  (select json_agg(to_jsonb(n) || jsonb_build_object('dimension', c.dimension))
    from nudges n join crossings c using (app_id, user_id, period, threshold)
    where n.app_id = a.app_id and n.user_id = a.user_id) as nudges,
  (select json_agg(n) from notices n
    where n.app_id = a.app_id and n.user_id = a.user_id and n.kind = 'reset') as resets,
  (select json_agg(c) from commands c where c.app_id = a.app_id and c.user_id = a.user_id) as commands,
  (select json_agg(k) from policy_changes k where k.app_id = a.app_id and k.user_id = a.user_id) as policy_changes,
  (select json_agg(r) from reviews r where r.app_id = a.app_id and r.user_id = a.user_id) as reviews
from apps app join accounts a on a.app_id = app.app_id
where a.app_id = $1 and a.user_id = $2`;

type Row = {
  now: number;
  policy_version: string;
  account: AccountRow;
  periods: PeriodRow[] | null;
  sessions: SessionRow[] | null;
  usage_events: UsageEventRow[] | null;
  authorizations: AuthorizationRow[] | null;
  crossings: CrossingRow[] | null;
  nudges: NudgeRow[] | null;
  resets: ResetRow[] | null;
  commands: CommandRow[] | null;
  policy_changes: PolicyChangeRow[] | null;
  reviews: ReviewRow[] | null;
};

const recordFromRow = (row: Row): AccountRecord => ({
  account: accountFromRow(row.account),
  periods: (row.periods ?? []).map(periodFromRow),
  sessions: (row.sessions ?? []).map(sessionFromRow),
  usageEvents: (row.usage_events ?? []).map(usageEventFromRow),
  authorizations: (row.authorizations ?? []).map(authorizationFromRow),
  crossings: (row.crossings ?? []).map(crossingFromRow),
  nudges: (row.nudges ?? []).map(nudgeFromRow),
  resets: (row.resets ?? []).map(resetFromRow),
  commands: (row.commands ?? []).map(issuedFromRow),
  policyChanges: (row.policy_changes ?? []).map(policyChangeFromRow),
  reviews: (row.reviews ?? []).map(reviewFromRow),
});

type Stored = {
  readonly record: AccountRecord;
  readonly now: Instant;
  readonly policyVersion: PolicyVersion;
};

async function findRecord(db: Queryable, account: AccountKey): Promise<Stored | null> {
  const { rows } = await db.query<Row>({
    name: 'find-record',
    text: statement,
    values: [account.appId, account.userId],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return {
    record: recordFromRow(row),
    now: instant(row.now),
    policyVersion: policyVersion(row.policy_version),
  };
}

/** What an account's story is told from, with every policy it names. Null: the app has no such user. */
export async function readRecord(
  ledger: Ledger,
  account: AccountKey,
): Promise<(Stored & { readonly policyOf: Ledger['policies']['read'] }) | null> {
  const stored = await findRecord(ledger.pool, account);
  if (stored === null) return null;
  const { periods, policyChanges } = stored.record;
  const versions = [
    ...periods.map((period) => period.policyVersion),
    ...policyChanges.flatMap((change) => [change.former, change.policyVersion]),
  ];
  await ledger.policies.fetch([...new Set([stored.policyVersion, ...versions])]);
  return { ...stored, policyOf: ledger.policies.read };
}

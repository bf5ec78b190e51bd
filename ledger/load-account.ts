import { newAccount } from '../domain/account/new-account.ts';
import { type AccountState, nothingAdded } from '../domain/account/state.ts';
import {
  type AppId,
  type PolicyVersion,
  type SessionId,
  type UserId,
  policyVersion,
  userId,
} from '../domain/ids.ts';
import { type Instant, type Milliseconds, instant } from '../domain/instant.ts';
import type { Queryable } from './pool.ts';
import { type AccountRow, accountFromRow } from './rows/account.ts';
import { type AuthorizationRow, authorizationFromRow } from './rows/authorization.ts';
import { type CommandRow, commandFromRow } from './rows/command.ts';
import { type PeriodRow, periodFromRow } from './rows/period.ts';
import { type SessionRow, sessionFromRow } from './rows/session.ts';

/** Which account a request is about: by its user, or by one of its sessions. */
export type Address = {
  readonly appId: AppId;
  readonly userId?: UserId;
  readonly sessionId?: SessionId;
  /** Looked up with the account, so that a repeat is known as one. */
  readonly usageEventId?: string;
  readonly authorizationId?: string;
  readonly idempotencyKey?: string;
};

type StoredAnswer = { readonly fingerprint: string; readonly status: number; readonly body: unknown };
type StoredUsageEvent = { readonly sessionId: string; readonly fingerprint: string };

export type LoadedAccount = {
  readonly state: AccountState;
  /** The app's clock: the database's plus a test clock's offset. */
  readonly now: Instant;
  readonly clockOffset: Milliseconds;
  readonly mode: 'sandbox' | 'live';
  readonly policyVersion: PolicyVersion;
  readonly usageEvent: StoredUsageEvent | null;
  readonly answer: StoredAnswer | null;
};

const statement = `
with target as (
  select app.*, coalesce($2, (select s.user_id from sessions s where s.session_id = $3 and s.app_id = $1)) as user_id
  from apps app where app.app_id = $1
), nearby as (
  select s.* from target t join sessions s on s.app_id = t.app_id and s.user_id = t.user_id and s.ended_at is null
  union
  select s.* from sessions s where s.session_id = $3 and s.app_id = $1
  union
  select s.* from target t
  join authorizations z on z.app_id = t.app_id and z.user_id = t.user_id and z.closed_at is null
  join sessions s on s.session_id = z.session_id
)
select
  floor(extract(epoch from clock_timestamp()) * 1000)::bigint + t.clock_offset_ms as now,
  t.clock_offset_ms, t.mode, t.policy_version, t.user_id,
  to_jsonb(a) as account,
  (select jsonb_agg(n) from nearby n) as sessions,
  (select jsonb_agg(z) from authorizations z
    where z.app_id = t.app_id and z.user_id = t.user_id
      and (z.closed_at is null or (z.session_id = $3 and z.authorization_id = $6))) as authorizations,
  (select jsonb_agg(p) from periods p
    where p.app_id = t.app_id and p.user_id = t.user_id
      and (p.number = a.current_period or p.number in (select n.period from nearby n))) as periods,
  (select jsonb_agg(c order by c.number) from commands c
    where c.app_id = t.app_id and c.user_id = t.user_id
      and c.number > (a.entitlement ->> 'foldedThrough')::integer) as commands,
  (select jsonb_build_object('sessionId', e.session_id, 'fingerprint', e.fingerprint)
    from usage_events e where e.app_id = t.app_id and e.event_id = $4) as usage_event,
  (select jsonb_build_object('fingerprint', w.fingerprint, 'status', w.status, 'body', w.body)
    from answers w where w.app_id = t.app_id and w.key = $5) as answer
from target t left join accounts a on a.app_id = t.app_id and a.user_id = t.user_id`;

type Row = {
  now: number;
  clock_offset_ms: number;
  mode: 'sandbox' | 'live';
  policy_version: string;
  user_id: string | null;
  account: AccountRow | null;
  sessions: SessionRow[] | null;
  periods: PeriodRow[] | null;
  authorizations: AuthorizationRow[] | null;
  commands: CommandRow[] | null;
  usage_event: StoredUsageEvent | null;
  answer: StoredAnswer | null;
};

function stateFromRow(row: Row, address: Address, user: UserId): AccountState {
  if (row.account === null) return newAccount(address.appId, user, instant(row.now));
  return {
    account: accountFromRow(row.account),
    periods: (row.periods ?? []).map(periodFromRow),
    sessions: (row.sessions ?? []).map(sessionFromRow),
    authorizations: (row.authorizations ?? []).map(authorizationFromRow),
    commands: (row.commands ?? []).map(commandFromRow),
    added: nothingAdded,
  };
}

/** One account with all that a decision reads, in one statement and so of one instant. Null: no such app or session. */
export async function loadAccount(db: Queryable, address: Address): Promise<LoadedAccount | null> {
  const { rows } = await db.query<Row>({
    name: 'load-account',
    text: statement,
    values: [
      address.appId,
      address.userId ?? null,
      address.sessionId ?? null,
      address.usageEventId ?? null,
      address.idempotencyKey ?? null,
      address.authorizationId ?? null,
    ],
  });
  const row = rows[0];
  if (row === undefined || row.user_id === null) return null;
  return {
    state: stateFromRow(row, address, userId(row.user_id)),
    now: instant(row.now),
    clockOffset: row.clock_offset_ms,
    mode: row.mode,
    policyVersion: policyVersion(row.policy_version),
    usageEvent: row.usage_event,
    answer: row.answer,
  };
}

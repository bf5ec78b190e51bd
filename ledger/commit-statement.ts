import { type Column, isAmong, parametersOf, readByName, rowsOf, widthOf } from './columns.ts';
import { accountColumnsOf, standColumnsOf } from './commit-columns.ts';
import type { Numbered } from './commit.ts';
import { type Part, nameOf } from './commit-parts.ts';
import { type RowSet, rowSets } from './commit-rows.ts';
import { accountInUseColumns } from './rows/account.ts';

/** How old a decision may be when it commits, by the database's clock, in milliseconds; it is never from the future. */
const decisionsHoldFor = 5_000;

const columnsOfWhole = `
    app_id text, user_id text, version bigint, registered_at timestamptz, registration_given boolean, time_zone text,
    plan text, locale text, email text, registration jsonb, current_period integer, day_date date,
    day_starts_at timestamptz, day_ends_at timestamptz, day_sessions integer, day_spent_micro_usd bigint,
    day_attempts smallint, day_refunds smallint, last_command integer, entitlement jsonb, recent_attempts bigint[],
    recent_inputs text[]`;

const notRepeated: Readonly<Partial<Record<Part, string>>> = {
  usage: `
    and not exists (select from usage_events e where e.app_id = a.app_id and e.event_id = any(a.new_event_ids::text[]))`,
  authorizations: `
    and not exists (select from authorizations z where z.app_id = a.app_id
      and z.session_id = any(a.session_ids::text[]) and z.authorization_id = any(a.new_authorization_ids::text[]))`,
  answers: `
    and not exists (select from answers w where w.app_id = a.app_id and w.key = any(a.new_answer_keys::text[]))`,
};

/** The decisions that stand on what is still so. */
const judge = (parts: readonly Part[], columns: readonly Column<Numbered>[]): string => `
with clock as materialized (
  select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now
), sound as materialized (
  select a.item, ${readByName('a', accountColumnsOf(parts))}
  from ${rowsOf('a', columns, 1)} join apps on apps.app_id = a.app_id cross join clock
  where apps.clock_offset_ms = a.clock_offset and apps.policy_version = a.stood_on_policy
    and a.decided_at between clock.now - ${decisionsHoldFor} and clock.now
    and (a.valid_until is null or clock.now + apps.clock_offset_ms < a.valid_until)${parts
      .map((part) => notRepeated[part] ?? '')
      .join('')}`;

/** Decisions that write nothing need their account as it was. */
const lookAtStanding = `
), standing as (
  select s.item from sound s
  where not s.writes and s.base = coalesce(
    (select x.version from accounts x where x.app_id = s.app_id and x.user_id = s.user_id), 0)`;

const writeAccountsInUse = (has: Has): string => `
), used as (
  update accounts x set ${accountInUseColumns.map(({ name }) => `${name} = s.${name}`).join(', ')}
  from sound s
  where ${has('standing', 's.writes and ')}${has('rest', 's.whole is null and ')}x.app_id = s.app_id and x.user_id = s.user_id and x.version = s.base
  returning s.item`;

/** Accounts of which more changed than ordinary use changes, and new ones. */
const writeWholeAccounts = `
), rewritten as (
  update accounts x set
    version = n.version, registered_at = n.registered_at, registration_given = n.registration_given,
    time_zone = n.time_zone, plan = n.plan, locale = n.locale, email = n.email, registration = n.registration,
    current_period = n.current_period, day_date = n.day_date, day_starts_at = n.day_starts_at,
    day_ends_at = n.day_ends_at, day_sessions = n.day_sessions, day_spent_micro_usd = n.day_spent_micro_usd,
    day_attempts = n.day_attempts, day_refunds = n.day_refunds, last_command = n.last_command,
    entitlement = n.entitlement, recent_attempts = n.recent_attempts, recent_inputs = n.recent_inputs
  from sound s cross join lateral jsonb_to_record(s.whole) as n(${columnsOfWhole})
  where s.base > 0 and s.whole is not null
    and x.app_id = s.app_id and x.user_id = s.user_id and x.version = s.base
  returning s.item
), created as (
  insert into accounts (
    app_id, user_id, version, registered_at, registration_given, time_zone, plan, locale, email, registration,
    current_period, day_date, day_starts_at, day_ends_at, day_sessions, day_spent_micro_usd, day_attempts, day_refunds,
    last_command, entitlement, recent_attempts, recent_inputs)
  select n.* from sound s cross join lateral jsonb_to_record(s.whole) as n(${columnsOfWhole})
  where s.base = 0 and s.whole is not null
  on conflict (app_id, user_id) do nothing
  returning app_id, user_id`;

function collectWinners(has: Has): string {
  const columns = `s.item, s.app_id, s.user_id${has('marks', ', s.version, s.telling, s.unless_since, s.traceparent, s.pace, s.wake_at')}`;
  const whole = `
  union all
  select ${columns} from sound s where ${isAmong('s.item', 'rewritten')}
  union all
  select ${columns} from sound s join created c on c.app_id = s.app_id and c.user_id = s.user_id`;
  return `
), won as materialized (
  select ${columns} from sound s where ${isAmong('s.item', 'used')}${has('rest', whole)}`;
}

/**
 * One mark per account that has something to tell its workflow. `is_said` is false where it need not be told, or was:
 * everything that is told raises `seq`.
 */
const raiseMarks = `
), mark as (
  insert into outbox as o (app_id, user_id, seq, send_at, urgent, wake_at, traceparent)
  select w.app_id, w.user_id, w.version,
    case w.telling when 'not' then null when 'soon' then now() + w.pace * interval '1 millisecond' else now() end,
    w.telling = 'at_once', w.wake_at, w.traceparent
  from won w
  where w.telling <> 'not' or w.wake_at is not null
  on conflict (app_id, user_id) do update set (seq, send_at, urgent, wake_at, traceparent, set_aside_at) = (
    select
      case when w.is_said then w.version else o.seq end,
      case when not w.is_said then o.send_at else least(o.send_at, case w.telling
        when 'at_once' then now()
        when 'soon' then now() + w.pace * interval '1 millisecond'
        else greatest(now(), o.sent_at + w.pace * interval '1 millisecond') end) end,
      o.urgent or w.telling = 'at_once',
      least(o.wake_at, w.wake_at),
      case when w.is_said then w.traceparent else o.traceparent end,
      null::timestamptz
    from (
      select v.*, v.telling <> 'not' and (v.unless_since is null or v.unless_since > greatest(o.seq, o.acked_seq)) as is_said
      from won v where v.app_id = o.app_id and v.user_id = o.user_id
    ) w
  )`;

/** Text that a statement has only with the part. */
type Has = (part: Part, sql: string) => string;

function writeRows(sets: readonly RowSet[], from: number): string {
  let next = from;
  return sets
    .map(({ width, write }) => {
      const first = next;
      next += width;
      return write(first);
    })
    .join('');
}

function textOf(parts: readonly Part[], stand: readonly Column<Numbered>[], sets: readonly RowSet[]): string {
  const has: Has = (part, sql) => (parts.includes(part) ? sql : '');
  return [
    judge(parts, stand),
    has('standing', lookAtStanding),
    writeAccountsInUse(has),
    has('rest', writeWholeAccounts),
    collectWinners(has),
    writeRows(sets, 1 + widthOf(stand)),
    has('marks', raiseMarks),
    `
), held as (
  select item from won${has('standing', ' union all select item from standing')}
)
select clock.now as database_now, array(select item from held) as held from clock`,
  ].join('');
}

export type CommitStatement = {
  readonly name: string;
  readonly text: string;
  readonly parameters: (commits: readonly Numbered[]) => string[];
};

const made = new Map<string, CommitStatement>();

/**
 * Commits many decisions, each whole or not at all. A decision holds only while all that it stood on still stands (law 4): the
 * account's version (which every write of the account, its entitlement and its commands raises), the app's clock and
 * policy, the database's clock inside the windows judged, and no repeat stored meanwhile. What missed changes
 * nothing. No rule is in here: it compares and stores.
 */
export function commitStatement(parts: readonly Part[]): CommitStatement {
  const name = nameOf(parts);
  const known = made.get(name);
  if (known !== undefined) return known;
  const stand = standColumnsOf(parts);
  const sets = rowSets.filter(({ part }) => part === null || parts.includes(part));
  const statement: CommitStatement = {
    name,
    text: textOf(parts, stand, sets),
    parameters: (commits) => {
      // Decisions that change nothing are only checked.
      const writing = commits.filter(({ changes }) => !changes.isNothing);
      return [
        ...parametersOf(
          stand,
          commits.map((commit) => ({ item: commit.item, of: commit })),
        ),
        ...sets.flatMap(({ parameters }) => parameters(writing)),
      ];
    },
  };
  made.set(name, statement);
  return statement;
}

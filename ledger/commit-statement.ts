import { snapshotOf } from './account-snapshot.ts';
import { namesOf, readFrom, rowsOf, takenFromNew, widthOf } from './columns.ts';
import { standColumns } from './commit-columns.ts';
import { accountInUseColumns } from './rows/account.ts';
import { periodColumns } from './rows/period.ts';
import { sessionColumns } from './rows/session.ts';
import { usageEventColumns } from './rows/usage-event.ts';

/** How old a decision may be when it commits, by the database's clock, in milliseconds; it is never from the future. */
const decisionsHoldFor = 5_000;

/** The first parameter of each set of rows, and of the JSON ones after them. */
const stand = 1;
const periods = stand + widthOf(standColumns);
const sessions = periods + widthOf(periodColumns);
const usageEvents = sessions + widthOf(sessionColumns);
const json = usageEvents + widthOf(usageEventColumns);
const [authorizations, crossings, commands, reviews, answers] = [
  json,
  json + 1,
  json + 2,
  json + 3,
  json + 4,
];

const columnsOfWhole = `
    app_id text, user_id text, version bigint, registered_at timestamptz, registration_given boolean, time_zone text,
    plan text, locale text, email text, registration jsonb, current_period integer, day_date date,
    day_starts_at timestamptz, day_ends_at timestamptz, day_sessions integer, day_spent_micro_usd bigint,
    day_attempts smallint, day_refunds smallint, last_command integer, entitlement jsonb, recent_attempts bigint[],
    recent_inputs text[]`;

/** What sound decisions write to the accounts themselves: by ordinary use, whole, and for the first time. */
const writeAccounts = `
), used as (
  update accounts x set ${accountInUseColumns.map(({ name }) => `${name} = s.${name}`).join(', ')}
  from sound s
  where s.writes and s.whole is null and x.app_id = s.app_id and x.user_id = s.user_id and x.version = s.base
  returning s.item
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
  returning app_id, user_id
), won as materialized (
  select s.item, s.app_id, s.user_id, s.version, s.telling, s.pace, s.wake_at
  from sound s where s.item in (select item from used union all select item from rewritten)
  union all
  select s.item, s.app_id, s.user_id, s.version, s.telling, s.pace, s.wake_at
  from sound s join created c on c.app_id = s.app_id and c.user_id = s.user_id`;

const sessionsKeep = new Set([
  'session_id',
  'period',
  'date',
  'tier',
  'cap_micro_usd',
  'started_at',
  'check_at',
  'admitted_version',
  'client',
  'metadata',
]);
const periodsKeep = new Set(['number', 'starts_at', 'ends_at', 'time_zone', 'plan', 'carried']);

const namesBut = (
  columns: readonly { readonly name: string }[],
  kept: ReadonlySet<string>,
): readonly string[] => columns.map(({ name }) => name).filter((name) => !kept.has(name));

/** The rows of decisions that won. */
const writeRows = `
), changed_periods as (
  insert into periods (app_id, user_id, ${namesOf(periodColumns)})
  select w.app_id, w.user_id, ${readFrom('n', periodColumns).join(', ')}
  from won w join ${rowsOf('n', periodColumns, periods)} on n.item = w.item
  on conflict (app_id, user_id, number) do update set ${takenFromNew(namesBut(periodColumns, periodsKeep))}
), changed_sessions as (
  insert into sessions (app_id, user_id, ${namesOf(sessionColumns)})
  select w.app_id, w.user_id, ${readFrom('n', sessionColumns).join(', ')}
  from won w join ${rowsOf('n', sessionColumns, sessions)} on n.item = w.item
  on conflict (session_id) do update set ${takenFromNew(namesBut(sessionColumns, sessionsKeep))}
), new_usage_events as (
  insert into usage_events (app_id, user_id, ${namesOf(usageEventColumns)})
  select w.app_id, w.user_id, ${readFrom('n', usageEventColumns).join(', ')}
  from won w join ${rowsOf('n', usageEventColumns, usageEvents)} on n.item = w.item
), changed_authorizations as (
  insert into authorizations (
    app_id, user_id, session_id, authorization_id, model, input_tokens, output_tokens, reserved_micro_usd,
    authorized_at, expires_at, closed_at, close_reason, fingerprint, version, policy_version)
  select w.app_id, w.user_id, n.session_id, n.authorization_id, n.model, n.input_tokens, n.output_tokens,
    n.reserved_micro_usd, n.authorized_at, n.expires_at, n.closed_at, n.close_reason, n.fingerprint, n.version,
    n.policy_version
  from won w join json_to_recordset($${authorizations}) as n(
    item integer, session_id text, authorization_id text, model text, input_tokens integer, output_tokens integer,
    reserved_micro_usd bigint, authorized_at timestamptz, expires_at timestamptz, closed_at timestamptz,
    close_reason text, fingerprint text, version bigint, policy_version text) on n.item = w.item
  on conflict (app_id, session_id, authorization_id) do update set
    closed_at = excluded.closed_at, close_reason = excluded.close_reason
), new_crossings as (
  insert into crossings (app_id, user_id, period, threshold, dimension, crossed_at, version, ordinal)
  select w.app_id, w.user_id, n.period, n.threshold, n.dimension, n.crossed_at, n.version, n.ordinal
  from won w join json_to_recordset($${crossings}) as n(
    item integer, period integer, threshold smallint, dimension text, crossed_at timestamptz, version bigint,
    ordinal integer) on n.item = w.item
), new_commands as (
  insert into commands (app_id, user_id, number, key, kind, details, issued_by, note, issued_at, version)
  select w.app_id, w.user_id, n.number, n.key, n.kind, n.details, n.issued_by, n.note, n.issued_at, n.version
  from won w join json_to_recordset($${commands}) as n(
    item integer, number integer, key text, kind text, details jsonb, issued_by text, note text,
    issued_at timestamptz, version bigint) on n.item = w.item
  returning app_id, user_id, number, key, kind, details, issued_by, note, issued_at
), new_user_events as (
  insert into user_events (app_id, user_id, event_id, kind, plan, note, occurred_at, recorded_at)
  select c.app_id, c.user_id, c.key, case c.kind when 'upgrade' then 'upgraded' else 'downgraded' end,
    c.details ->> 'plan', c.note, to_timestamp((c.details ->> 'occurredAt')::float8 / 1000), c.issued_at
  from new_commands c where c.kind in ('upgrade', 'downgrade')
), new_reviews as (
  insert into reviews (app_id, user_id, review_id, opened_at, due_at, score, signals)
  select w.app_id, w.user_id, n.review_id, n.opened_at, n.due_at, n.score, n.signals
  from won w join json_to_recordset($${reviews}) as n(
    item integer, review_id text, opened_at timestamptz, due_at timestamptz, score smallint, signals jsonb)
    on n.item = w.item
), decided_reviews as (
  update reviews r set
    status = case c.kind when 'approve' then 'approved' when 'reject' then 'rejected' else 'released' end,
    decided_at = c.issued_at, decided_by = c.issued_by, note = c.note
  from (
    -- Of several words in one commit the last one stands.
    select distinct on (details ->> 'reviewId') * from new_commands
    where kind in ('approve', 'reject') or details ->> 'outcome' = 'released'
    order by details ->> 'reviewId', number desc
  ) c
  where c.details ->> 'reviewId' = r.review_id
    and r.review_id = any(array(select d.details ->> 'reviewId' from new_commands d))
), new_audit as (
  insert into audit (app_id, actor, act, subject, details, at)
  select c.app_id, c.issued_by, 'account.' || c.kind, c.user_id, c.details || jsonb_build_object('note', c.note),
    c.issued_at
  from new_commands c where c.kind <> 'flag'
), new_answers as (
  insert into answers (app_id, key, fingerprint, status, body)
  select w.app_id, n.key, n.fingerprint, n.status, n.body
  from won w join json_to_recordset($${answers}) as n(
    item integer, key text, fingerprint text, status smallint, body jsonb) on n.item = w.item`;

/** One mark per account that has something to tell its workflow. */
const raiseMarks = `
), mark as (
  insert into outbox as o (app_id, user_id, seq, send_at, wake_at)
  select w.app_id, w.user_id, w.version, case w.telling when 'not' then null else now() end, w.wake_at
  from won w
  where w.telling <> 'not' or w.wake_at is not null
  on conflict (app_id, user_id) do update set
    seq = case when excluded.send_at is null then o.seq else excluded.seq end,
    send_at = case (select w.telling from won w where w.app_id = o.app_id and w.user_id = o.user_id)
      when 'not' then o.send_at
      when 'at_once' then least(o.send_at, now())
      else least(o.send_at, greatest(now(), o.sent_at + (
        select w.pace from won w where w.app_id = o.app_id and w.user_id = o.user_id) * interval '1 millisecond')) end,
    wake_at = least(o.wake_at, excluded.wake_at),
    set_aside_at = null`;

/**
 * Commits many decisions, each whole or not at all. A decision holds only while all that it stood on still stands (law 4): the
 * account's version (which every write of the account, its entitlement and its commands raises), the app's clock and
 * policy, the database's clock inside the windows judged, and no repeat stored meanwhile. What missed changes
 * nothing and comes back as it stands now. No rule is in here: it compares and stores.
 */
export const commitStatement = `
with clock as materialized (
  select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now
), asked as materialized (
  select n.item, ${readFrom('n', standColumns)
    .map((read, index) => `${read} as ${standColumns[index]?.name}`)
    .join(', ')}
  from ${rowsOf('n', standColumns, stand)}
), sound as materialized (
  select a.* from asked a join apps on apps.app_id = a.app_id cross join clock
  where apps.clock_offset_ms = a.clock_offset and apps.policy_version = a.stood_on_policy
    and a.decided_at between clock.now - ${decisionsHoldFor} and clock.now
    and (a.valid_until is null or clock.now + apps.clock_offset_ms < a.valid_until)
    and not exists (select from usage_events e where e.app_id = a.app_id and e.event_id = any(a.new_event_ids))
    and not exists (select from authorizations z where z.app_id = a.app_id
      and z.session_id = any(a.session_ids) and z.authorization_id = any(a.new_authorization_ids))
    and not exists (select from answers w where w.app_id = a.app_id and w.key = any(a.new_answer_keys))
), standing as (
  select s.item from sound s
  where not s.writes and s.base = coalesce(
    (select x.version from accounts x where x.app_id = s.app_id and x.user_id = s.user_id), 0)
${writeAccounts}
${writeRows}
${raiseMarks}
)
select q.item, clock.now as database_now, met.item is not null as held, snapshot.*
from asked q cross join clock
left join (select item from standing union all select item from won) met on met.item = q.item
left join lateral (${snapshotOf('q', 'met.item is null')}) snapshot on true`;

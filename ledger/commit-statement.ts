import { lookupColumns, snapshotOf } from './account-snapshot.ts';

/** How old a decision may be when it commits, by the database's clock, in milliseconds; it is never from the future. */
const decisionsHoldFor = 5_000;

/**
 * Commits many decisions, each whole or not at all. A decision holds only while all that it stood on still stands (law 4): the
 * account's version (which every write of the account, its entitlement and its commands raises), the app's clock and
 * policy, the database's clock inside the windows judged, and no repeat stored meanwhile. What missed changes
 * nothing and comes back as it stands now. No rule is in here: it compares and stores.
 *
 * Rows travel as JSON: one parameter, parsed once, joined once. Measured against arrays per column and
 * against single-row statements: docs/benchmarks.md.
 */
export const commitStatement = `
with asked as materialized (
  select * from json_to_recordset($1) as a(
    item integer, ${lookupColumns}, base bigint, writes boolean, clock_offset bigint,
    policy_version text, decided_at bigint, valid_until bigint, account json, periods json, sessions json, authorizations json, usage_events json,
    crossings json, commands json, reviews json, telling text, wake_at timestamptz, pace bigint, answers json,
    new_event_ids text[], new_authorization_ids text[], new_answer_keys text[])
), clock as materialized (
  select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now
), sound as materialized (
  select a.* from asked a join apps on apps.app_id = a.app_id cross join clock
  where apps.clock_offset_ms = a.clock_offset and apps.policy_version = a.policy_version
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
), updated as (
  update accounts x set
    version = n.version, registered_at = n.registered_at, registration_given = n.registration_given,
    time_zone = n.time_zone, plan = n.plan, locale = n.locale, email = n.email, registration = n.registration,
    current_period = n.current_period, day_date = n.day_date, day_starts_at = n.day_starts_at,
    day_ends_at = n.day_ends_at, day_sessions = n.day_sessions, day_spent_micro_usd = n.day_spent_micro_usd,
    day_attempts = n.day_attempts, day_refunds = n.day_refunds, last_command = n.last_command,
    entitlement = n.entitlement, recent_attempts = n.recent_attempts, recent_inputs = n.recent_inputs
  from sound s cross join lateral json_to_record(s.account) as n(
    version bigint, registered_at timestamptz, registration_given boolean, time_zone text, plan text, locale text,
    email text, registration jsonb, current_period integer, day_date date, day_starts_at timestamptz,
    day_ends_at timestamptz, day_sessions integer, day_spent_micro_usd bigint, day_attempts smallint,
    day_refunds smallint, last_command integer, entitlement jsonb, recent_attempts bigint[], recent_inputs text[])
  where s.writes and s.base > 0 and x.app_id = s.app_id and x.user_id = s.user_id and x.version = s.base
  returning s.item
), created as (
  insert into accounts (
    app_id, user_id, version, registered_at, registration_given, time_zone, plan, locale, email, registration,
    current_period, day_date, day_starts_at, day_ends_at, day_sessions, day_spent_micro_usd, day_attempts, day_refunds,
    last_command, entitlement, recent_attempts, recent_inputs)
  select n.* from sound s cross join lateral json_to_record(s.account) as n(
    app_id text, user_id text, version bigint, registered_at timestamptz, registration_given boolean, time_zone text,
    plan text, locale text, email text, registration jsonb, current_period integer, day_date date,
    day_starts_at timestamptz, day_ends_at timestamptz, day_sessions integer, day_spent_micro_usd bigint,
    day_attempts smallint, day_refunds smallint, last_command integer, entitlement jsonb, recent_attempts bigint[],
    recent_inputs text[])
  where s.writes and s.base = 0
  on conflict (app_id, user_id) do nothing
  returning app_id, user_id
), won as materialized (
  select s.* from sound s join updated u on u.item = s.item
  union all
  select s.* from sound s join created c on c.app_id = s.app_id and c.user_id = s.user_id where s.writes
), changed_periods as (
  insert into periods (
    app_id, user_id, number, version, starts_at, ends_at, time_zone, plan, policy_version, sessions_used,
    spent_micro_usd, held_micro_usd, overshoot_micro_usd, crossed, drawn_before)
  select w.app_id, w.user_id, n.*
  from won w cross join lateral json_to_recordset(w.periods) as n(
    number integer, version bigint, starts_at timestamptz, ends_at timestamptz, time_zone text, plan text,
    policy_version text, sessions_used integer, spent_micro_usd bigint, held_micro_usd bigint,
    overshoot_micro_usd bigint, crossed smallint[], drawn_before jsonb)
  on conflict (app_id, user_id, number) do update set
    version = excluded.version, policy_version = excluded.policy_version, sessions_used = excluded.sessions_used,
    spent_micro_usd = excluded.spent_micro_usd, held_micro_usd = excluded.held_micro_usd,
    overshoot_micro_usd = excluded.overshoot_micro_usd, crossed = excluded.crossed,
    drawn_before = excluded.drawn_before
), changed_sessions as (
  insert into sessions (
    app_id, user_id, session_id, period, date, tier, cap_micro_usd, held_micro_usd, spent_micro_usd,
    overshoot_micro_usd, usage_events, tokens, started_at, expires_at, check_at, ended_at, end_reason,
    admitted_version, ended_version, counted, given_back_version, client, metadata)
  select w.app_id, w.user_id, n.*
  from won w cross join lateral json_to_recordset(w.sessions) as n(
    session_id text, period integer, date date, tier text, cap_micro_usd bigint, held_micro_usd bigint,
    spent_micro_usd bigint, overshoot_micro_usd bigint, usage_events integer, tokens bigint, started_at timestamptz,
    expires_at timestamptz, check_at timestamptz, ended_at timestamptz, end_reason text, admitted_version bigint,
    ended_version bigint, counted boolean, given_back_version bigint, client jsonb, metadata jsonb)
  on conflict (session_id) do update set
    held_micro_usd = excluded.held_micro_usd, spent_micro_usd = excluded.spent_micro_usd,
    overshoot_micro_usd = excluded.overshoot_micro_usd, usage_events = excluded.usage_events,
    tokens = excluded.tokens, expires_at = excluded.expires_at, ended_at = excluded.ended_at,
    end_reason = excluded.end_reason, ended_version = excluded.ended_version, counted = excluded.counted,
    given_back_version = excluded.given_back_version
), changed_authorizations as (
  insert into authorizations (
    app_id, user_id, session_id, authorization_id, model, input_tokens, output_tokens, reserved_micro_usd,
    authorized_at, expires_at, closed_at, close_reason, fingerprint, version)
  select w.app_id, w.user_id, n.*
  from won w cross join lateral json_to_recordset(w.authorizations) as n(
    session_id text, authorization_id text, model text, input_tokens integer, output_tokens integer,
    reserved_micro_usd bigint, authorized_at timestamptz, expires_at timestamptz, closed_at timestamptz,
    close_reason text, fingerprint text, version bigint)
  on conflict (app_id, session_id, authorization_id) do update set
    closed_at = excluded.closed_at, close_reason = excluded.close_reason
), new_usage_events as (
  insert into usage_events (
    app_id, user_id, event_id, session_id, period, version, cost_micro_usd, overshoot_micro_usd, authorization_id,
    model, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, occurred_at,
    recorded_at, fingerprint)
  select w.app_id, w.user_id, n.*
  from won w cross join lateral json_to_recordset(w.usage_events) as n(
    event_id text, session_id text, period integer, version bigint, cost_micro_usd bigint,
    overshoot_micro_usd bigint, authorization_id text, model text, input_tokens integer,
    cached_input_tokens integer, cache_write_tokens integer, output_tokens integer, reasoning_tokens integer,
    occurred_at timestamptz, recorded_at timestamptz, fingerprint text)
), new_crossings as (
  insert into crossings (app_id, user_id, period, threshold, dimension, crossed_at, version)
  select w.app_id, w.user_id, n.*
  from won w cross join lateral json_to_recordset(w.crossings) as n(
    period integer, threshold smallint, dimension text, crossed_at timestamptz, version bigint)
), new_commands as (
  insert into commands (app_id, user_id, number, key, kind, details, issued_by, note, issued_at)
  select w.app_id, w.user_id, n.*
  from won w cross join lateral json_to_recordset(w.commands) as n(
    number integer, key text, kind text, details jsonb, issued_by text, note text, issued_at timestamptz)
  returning app_id, user_id, kind, details, issued_by, note, issued_at
), new_reviews as (
  insert into reviews (app_id, user_id, review_id, opened_at, due_at, score, signals)
  select w.app_id, w.user_id, n.*
  from won w cross join lateral json_to_recordset(w.reviews) as n(
    review_id text, opened_at timestamptz, due_at timestamptz, score smallint, signals jsonb)
), decided_reviews as (
  update reviews r set
    status = case c.kind when 'approve' then 'approved' else 'rejected' end,
    decided_at = c.issued_at, decided_by = c.issued_by, note = c.note
  from new_commands c
  where c.kind in ('approve', 'reject') and c.details ->> 'reviewId' = r.review_id
    and r.review_id = any(array(select d.details ->> 'reviewId' from new_commands d))
), new_audit as (
  insert into audit (app_id, actor, act, subject, details, at)
  select c.app_id, c.issued_by, 'account.' || c.kind, c.user_id, c.details || jsonb_build_object('note', c.note),
    c.issued_at
  from new_commands c where c.kind <> 'flag'
), mark as (
  insert into outbox as o (app_id, user_id, seq, send_at, wake_at)
  select w.app_id, w.user_id, (w.account ->> 'version')::bigint,
    case w.telling when 'not' then null else now() end, w.wake_at
  from won w where w.telling <> 'not' or w.wake_at is not null
  on conflict (app_id, user_id) do update set
    seq = case when excluded.send_at is null then o.seq else excluded.seq end,
    send_at = case (select w.telling from won w where w.app_id = o.app_id and w.user_id = o.user_id)
      when 'not' then o.send_at
      when 'at_once' then least(o.send_at, now())
      else least(o.send_at, greatest(now(), o.sent_at + (
        select w.pace from won w where w.app_id = o.app_id and w.user_id = o.user_id) * interval '1 millisecond')) end,
    wake_at = least(o.wake_at, excluded.wake_at),
    set_aside_at = null
), new_answers as (
  insert into answers (app_id, key, fingerprint, status, body)
  select w.app_id, n.* from won w cross join lateral json_to_recordset(w.answers) as n(
    key text, fingerprint text, status smallint, body jsonb)
)
select q.item, clock.now as database_now, met.item is not null as held, snapshot.*
from asked q cross join clock
left join (select item from standing union all select item from won) met on met.item = q.item
left join lateral (${snapshotOf('q', 'met.item is null')}) snapshot on true`;

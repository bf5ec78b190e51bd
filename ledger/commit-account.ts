import type { AccountState } from '../domain/account/state.ts';
import type { Instant, Milliseconds } from '../domain/instant.ts';
import type { Telling } from '../domain/telling.ts';
import type { Queryable } from './pool.ts';
import { accountToRow } from './rows/account.ts';
import { authorizationToRow } from './rows/authorization.ts';
import { commandToRow, reviewToRow } from './rows/command.ts';
import { instantToRow } from './rows/instant.ts';
import { crossingToRow, periodToRow } from './rows/period.ts';
import { sessionToRow } from './rows/session.ts';
import { usageEventToRow } from './rows/usage-event.ts';

/** What a decision changed, and what it stood on. */
export type Commit = {
  readonly before: AccountState;
  readonly after: AccountState;
  /** The decision holds only before this instant: the end of the period or day it judged. */
  readonly validUntil: Instant;
  readonly clockOffset: Milliseconds;
  readonly telling: Telling;
  /** The least time between two paced tellings, on the real clock. */
  readonly pace: Milliseconds;
  /** Set when the workflow must wake no later than this; null where nothing new is due. */
  readonly wakeAt: Instant | null;
  readonly answer: {
    readonly key: string;
    readonly fingerprint: string;
    readonly status: number;
    readonly body: unknown;
  } | null;
};

const statement = `
with moved as (
  insert into accounts as a (
    app_id, user_id, version, registered_at, registration_given, time_zone, plan, locale, email, registration,
    current_period, day_date, day_starts_at, day_ends_at, day_sessions, day_spent_micro_usd, day_attempts, day_refunds,
    last_command, entitlement, recent_attempts, recent_inputs)
  select n.* from jsonb_to_record($1) as n(
    app_id text, user_id text, version bigint, registered_at timestamptz, registration_given boolean, time_zone text,
    plan text, locale text, email text, registration jsonb, current_period integer, day_date date,
    day_starts_at timestamptz, day_ends_at timestamptz, day_sessions integer, day_spent_micro_usd bigint,
    day_attempts smallint, day_refunds smallint, last_command integer, entitlement jsonb, recent_attempts bigint[],
    recent_inputs text[])
  join apps on apps.app_id = n.app_id
  where apps.clock_offset_ms = $2
    and clock_timestamp() + apps.clock_offset_ms * interval '1 millisecond' < $3
    and (n.version = 1 or exists (select from accounts e where e.app_id = n.app_id and e.user_id = n.user_id))
  on conflict (app_id, user_id) do update set
    version = excluded.version, registered_at = excluded.registered_at, registration_given = excluded.registration_given,
    time_zone = excluded.time_zone, plan = excluded.plan, locale = excluded.locale, email = excluded.email,
    registration = excluded.registration, current_period = excluded.current_period, day_date = excluded.day_date,
    day_starts_at = excluded.day_starts_at, day_ends_at = excluded.day_ends_at, day_sessions = excluded.day_sessions,
    day_spent_micro_usd = excluded.day_spent_micro_usd, day_attempts = excluded.day_attempts,
    day_refunds = excluded.day_refunds, last_command = excluded.last_command, entitlement = excluded.entitlement,
    recent_attempts = excluded.recent_attempts, recent_inputs = excluded.recent_inputs
  where a.version = excluded.version - 1
  returning a.app_id, a.user_id, a.version
), changed_periods as (
  insert into periods (
    app_id, user_id, number, version, starts_at, ends_at, time_zone, plan, policy_version, sessions_used,
    spent_micro_usd, held_micro_usd, overshoot_micro_usd, crossed, drawn_before)
  select m.app_id, m.user_id, n.number, m.version, n.starts_at, n.ends_at, n.time_zone, n.plan, n.policy_version,
    n.sessions_used, n.spent_micro_usd, n.held_micro_usd, n.overshoot_micro_usd, n.crossed, n.drawn_before
  from moved m, jsonb_to_recordset($4) as n(
    number integer, starts_at timestamptz, ends_at timestamptz, time_zone text, plan text, policy_version text,
    sessions_used integer, spent_micro_usd bigint, held_micro_usd bigint, overshoot_micro_usd bigint, crossed smallint[],
    drawn_before jsonb)
  on conflict (app_id, user_id, number) do update set
    version = excluded.version, sessions_used = excluded.sessions_used, spent_micro_usd = excluded.spent_micro_usd,
    held_micro_usd = excluded.held_micro_usd, overshoot_micro_usd = excluded.overshoot_micro_usd,
    crossed = excluded.crossed
), changed_sessions as (
  insert into sessions (
    session_id, app_id, user_id, period, date, tier, cap_micro_usd, held_micro_usd, spent_micro_usd,
    overshoot_micro_usd, usage_events, tokens, started_at, expires_at, check_at, ended_at, end_reason,
    admitted_version, ended_version, counted, given_back_version, client, metadata)
  select n.session_id, m.app_id, m.user_id, n.period, n.date, n.tier, n.cap_micro_usd, n.held_micro_usd,
    n.spent_micro_usd, n.overshoot_micro_usd, n.usage_events, n.tokens, n.started_at, n.expires_at, n.expires_at,
    n.ended_at, n.end_reason, n.admitted_version, n.ended_version, n.counted,
    n.given_back_version, n.client, n.metadata
  from moved m, jsonb_to_recordset($5) as n(
    session_id text, period integer, date date, tier text, cap_micro_usd bigint, held_micro_usd bigint,
    spent_micro_usd bigint, overshoot_micro_usd bigint, usage_events integer, tokens bigint,
    started_at timestamptz, expires_at timestamptz, ended_at timestamptz, end_reason text, admitted_version bigint,
    ended_version bigint, counted boolean, given_back_version bigint, client jsonb, metadata jsonb)
  on conflict (session_id) do update set
    held_micro_usd = excluded.held_micro_usd, spent_micro_usd = excluded.spent_micro_usd,
    overshoot_micro_usd = excluded.overshoot_micro_usd, usage_events = excluded.usage_events,
    tokens = excluded.tokens, ended_version = excluded.ended_version, expires_at = excluded.expires_at, ended_at = excluded.ended_at, end_reason = excluded.end_reason,
    counted = excluded.counted, given_back_version = excluded.given_back_version
), changed_authorizations as (
  insert into authorizations (
    app_id, session_id, authorization_id, user_id, model, input_tokens, output_tokens, reserved_micro_usd,
    authorized_at, expires_at, closed_at, close_reason, fingerprint, version)
  select m.app_id, n.session_id, n.authorization_id, m.user_id, n.model, n.input_tokens, n.output_tokens,
    n.reserved_micro_usd, n.authorized_at, n.expires_at, n.closed_at, n.close_reason, n.fingerprint, n.version
  from moved m, jsonb_to_recordset($14) as n(
    session_id text, authorization_id text, model text, input_tokens integer, output_tokens integer,
    reserved_micro_usd bigint, authorized_at timestamptz, expires_at timestamptz, closed_at timestamptz,
    close_reason text, fingerprint text, version bigint)
  on conflict (app_id, session_id, authorization_id) do update set
    closed_at = excluded.closed_at, close_reason = excluded.close_reason
), new_usage_events as (
  insert into usage_events (
    app_id, event_id, session_id, user_id, period, version, cost_micro_usd, overshoot_micro_usd, authorization_id,
    model, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, occurred_at,
    recorded_at, fingerprint)
  select m.app_id, n.event_id, n.session_id, m.user_id, n.period, n.version, n.cost_micro_usd,
    n.overshoot_micro_usd, n.authorization_id, n.model, n.input_tokens, n.cached_input_tokens, n.cache_write_tokens,
    n.output_tokens, n.reasoning_tokens, n.occurred_at, n.recorded_at, n.fingerprint
  from moved m, jsonb_to_recordset($6) as n(
    event_id text, session_id text, period integer, version bigint, cost_micro_usd bigint,
    overshoot_micro_usd bigint, authorization_id text, model text, input_tokens integer,
    cached_input_tokens integer, cache_write_tokens integer, output_tokens integer, reasoning_tokens integer,
    occurred_at timestamptz, recorded_at timestamptz, fingerprint text)
), new_crossings as (
  insert into crossings (app_id, user_id, period, threshold, dimension, crossed_at, version)
  select m.app_id, m.user_id, n.period, n.threshold, n.dimension, n.crossed_at, n.version
  from moved m, jsonb_to_recordset($7) as n(
    period integer, threshold smallint, dimension text, crossed_at timestamptz, version bigint)
), new_commands as (
  insert into commands (app_id, user_id, number, key, kind, details, issued_by, note, issued_at)
  select m.app_id, m.user_id, n.number, n.key, n.kind, n.details, n.issued_by, n.note, n.issued_at
  from moved m, jsonb_to_recordset($8) as n(
    number integer, key text, kind text, details jsonb, issued_by text, note text, issued_at timestamptz)
  returning app_id, user_id, kind, details, issued_by, note, issued_at
), new_reviews as (
  insert into reviews (review_id, app_id, user_id, opened_at, due_at, score, signals)
  select n.review_id, m.app_id, m.user_id, n.opened_at, n.due_at, n.score, n.signals
  from moved m, jsonb_to_recordset($9) as n(
    review_id text, opened_at timestamptz, due_at timestamptz, score smallint, signals jsonb)
), decided_reviews as (
  update reviews r set
    status = case c.kind when 'approve' then 'approved' else 'rejected' end,
    decided_at = c.issued_at, decided_by = c.issued_by, note = c.note
  from new_commands c where c.kind in ('approve', 'reject') and r.review_id = c.details ->> 'reviewId'
), new_audit as (
  insert into audit (app_id, actor, act, subject, details, at)
  select c.app_id, c.issued_by, 'account.' || c.kind, c.user_id, c.details || jsonb_build_object('note', c.note),
    c.issued_at
  from new_commands c where c.kind <> 'flag'
), mark as (
  insert into outbox as o (app_id, user_id, seq, send_at, wake_at)
  select m.app_id, m.user_id, m.version, case when $10 = 'not' then null else now() end, $11::timestamptz from moved m
  where $10 <> 'not' or $11::timestamptz is not null
  on conflict (app_id, user_id) do update set
    seq = case when $10 = 'not' then o.seq else excluded.seq end,
    send_at = case $10
      when 'not' then o.send_at
      when 'at_once' then least(o.send_at, now())
      else least(o.send_at, greatest(now(), o.sent_at + $12 * interval '1 millisecond')) end,
    wake_at = least(o.wake_at, excluded.wake_at),
    set_aside_at = null
), new_answer as (
  insert into answers (app_id, key, fingerprint, status, body)
  select m.app_id, n.key, n.fingerprint, n.status, n.body
  from moved m, jsonb_to_recordset($13) as n(key text, fingerprint text, status smallint, body jsonb)
)
select version from moved`;

const changedRows = <Row>(before: readonly Row[], after: readonly Row[]): readonly Row[] =>
  after.filter((row) => !before.includes(row));

export const hasChanged = (before: AccountState, after: AccountState): boolean =>
  before.account !== after.account ||
  changedRows(before.periods, after.periods).length > 0 ||
  changedRows(before.sessions, after.sessions).length > 0 ||
  changedRows(before.authorizations, after.authorizations).length > 0 ||
  before.added !== after.added;

/**
 * Writes all that a decision changed, or nothing at all: one statement that holds only while the account is at the version
 * the decision stood on and the app's clock is inside the windows it judged. Null: it stood on something old.
 */
export async function commitAccount(
  db: Queryable,
  commit: Commit,
): Promise<{ readonly version: number } | null> {
  const { before, after } = commit;
  const json = JSON.stringify;
  const { rows } = await db.query<{ version: number }>({
    name: 'commit-account',
    text: statement,
    values: [
      json(accountToRow(after.account)),
      commit.clockOffset,
      instantToRow(commit.validUntil),
      json(changedRows(before.periods, after.periods).map(periodToRow)),
      json(changedRows(before.sessions, after.sessions).map(sessionToRow)),
      json(after.added.usageEvents.map(usageEventToRow)),
      json(after.added.crossings.map(crossingToRow)),
      json(after.added.commands.map(commandToRow)),
      json(after.added.reviews.map(reviewToRow)),
      commit.telling,
      commit.wakeAt === null ? null : instantToRow(commit.wakeAt),
      commit.pace,
      json(commit.answer === null ? [] : [commit.answer]),
      json(changedRows(before.authorizations, after.authorizations).map(authorizationToRow)),
    ],
  });
  return rows[0] ?? null;
}

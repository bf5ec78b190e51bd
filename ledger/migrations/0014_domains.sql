-- Up Migration

-- Postgres reads the text of every CHECK of a table anew for each statement that writes the table: 190 µs of the 1,390 that
-- eight admissions took. A domain's checks are read once by each connection (docs/decisions/0023). The types are
-- changed while the domains check nothing yet, so that no row is rewritten and no table read; `not valid`, since every row
-- satisfies what its own CHECK has asked of it until now.
create domain micro_usd as bigint;
create domain tally as integer;
create domain long_tally as bigint;
create domain short_tally as smallint;
create domain saturated_tally as smallint;
create domain account_version as bigint;
create domain last_attempts as bigint[];
create domain last_inputs as text[];
create domain tier as text;
create domain session_end as text;

alter table accounts
  drop constraint accounts_version_check,
  drop constraint accounts_day_sessions_check,
  drop constraint accounts_day_spent_micro_usd_check,
  drop constraint accounts_day_attempts_check,
  drop constraint accounts_day_refunds_check,
  drop constraint accounts_last_command_check,
  drop constraint accounts_recent_attempts_check,
  drop constraint accounts_recent_inputs_check,
  alter column version type account_version,
  alter column day_sessions type tally,
  alter column day_spent_micro_usd type micro_usd,
  alter column day_attempts type saturated_tally,
  alter column day_refunds type short_tally,
  alter column last_command type tally,
  alter column recent_attempts type last_attempts,
  alter column recent_inputs type last_inputs;
alter table periods
  drop constraint periods_check,
  drop constraint periods_number_check,
  drop constraint periods_sessions_used_check,
  drop constraint periods_spent_micro_usd_check,
  drop constraint periods_held_micro_usd_check,
  drop constraint periods_overshoot_micro_usd_check,
  alter column sessions_used type tally,
  alter column spent_micro_usd type micro_usd,
  alter column held_micro_usd type micro_usd,
  alter column overshoot_micro_usd type micro_usd;
alter table sessions
  drop constraint sessions_check,
  drop constraint sessions_check1,
  drop constraint sessions_check2,
  drop constraint sessions_check3,
  drop constraint sessions_tier_check,
  drop constraint sessions_cap_micro_usd_check,
  drop constraint sessions_held_micro_usd_check,
  drop constraint sessions_spent_micro_usd_check,
  drop constraint sessions_overshoot_micro_usd_check,
  drop constraint sessions_usage_events_check,
  drop constraint sessions_tokens_check,
  drop constraint sessions_end_reason_check,
  alter column tier type tier,
  alter column cap_micro_usd type micro_usd,
  alter column held_micro_usd type micro_usd,
  alter column spent_micro_usd type micro_usd,
  alter column overshoot_micro_usd type micro_usd,
  alter column usage_events type tally,
  alter column tokens type long_tally,
  alter column end_reason type session_end;
alter table usage_events
  drop constraint usage_events_check,
  drop constraint usage_events_ordinal_check,
  drop constraint usage_events_cost_micro_usd_check,
  drop constraint usage_events_input_tokens_check,
  drop constraint usage_events_cached_input_tokens_check,
  drop constraint usage_events_cache_write_tokens_check,
  drop constraint usage_events_output_tokens_check,
  drop constraint usage_events_reasoning_tokens_check,
  alter column ordinal type tally,
  alter column cost_micro_usd type micro_usd,
  alter column overshoot_micro_usd type micro_usd,
  alter column input_tokens type tally,
  alter column cached_input_tokens type tally,
  alter column cache_write_tokens type tally,
  alter column output_tokens type tally,
  alter column reasoning_tokens type tally;
alter table authorizations
  drop constraint authorizations_input_tokens_check,
  drop constraint authorizations_output_tokens_check,
  drop constraint authorizations_reserved_micro_usd_check,
  alter column input_tokens type tally,
  alter column output_tokens type tally,
  alter column reserved_micro_usd type micro_usd;
alter table outbox
  drop constraint outbox_epoch_check,
  alter column epoch type long_tally;

alter domain micro_usd add check (value >= 0) not valid;
alter domain tally add check (value >= 0) not valid;
alter domain long_tally add check (value >= 0) not valid;
alter domain short_tally add check (value >= 0) not valid;
alter domain saturated_tally add check (value between 0 and 255) not valid;
alter domain account_version add check (value > 0) not valid;
alter domain last_attempts add check (cardinality(value) <= 32) not valid;
alter domain last_inputs add check (cardinality(value) <= 32) not valid;
alter domain tier add check (value in ('standard', 'economy')) not valid;
alter domain session_end add check (value in ('ended', 'expired')) not valid;

-- What holds between columns stays with the table, in as few checks as there are ideas.
alter table periods
  add constraint periods_span check (number > 0 and starts_at < ends_at) not valid;
alter table sessions
  add constraint sessions_within_cap check (
    held_micro_usd <= cap_micro_usd and spent_micro_usd <= cap_micro_usd + overshoot_micro_usd) not valid,
  add constraint sessions_end check (
    (ended_at is null) = (end_reason is null)
    and ((ended_at is null) = (ended_version is null) or admitted_version = 0)) not valid;
alter table usage_events
  add constraint usage_events_within_cost check (overshoot_micro_usd <= cost_micro_usd) not valid;

-- Down Migration

alter table usage_events drop constraint usage_events_within_cost;
alter table sessions drop constraint sessions_end, drop constraint sessions_within_cap;
alter table periods drop constraint periods_span;

alter table accounts
  alter column version type bigint,
  alter column day_sessions type integer,
  alter column day_spent_micro_usd type bigint,
  alter column day_attempts type smallint,
  alter column day_refunds type smallint,
  alter column last_command type integer,
  alter column recent_attempts type bigint[],
  alter column recent_inputs type text[],
  add check (version > 0),
  add check (day_sessions >= 0),
  add check (day_spent_micro_usd >= 0),
  add check (day_attempts between 0 and 255),
  add check (day_refunds >= 0),
  add check (last_command >= 0),
  add check (cardinality(recent_attempts) <= 32),
  add check (cardinality(recent_inputs) <= 32);
alter table periods
  alter column sessions_used type integer,
  alter column spent_micro_usd type bigint,
  alter column held_micro_usd type bigint,
  alter column overshoot_micro_usd type bigint,
  add constraint periods_check check (starts_at < ends_at),
  add check (number > 0),
  add check (sessions_used >= 0),
  add check (spent_micro_usd >= 0),
  add check (held_micro_usd >= 0),
  add check (overshoot_micro_usd >= 0);
alter table sessions
  alter column tier type text,
  alter column cap_micro_usd type bigint,
  alter column held_micro_usd type bigint,
  alter column spent_micro_usd type bigint,
  alter column overshoot_micro_usd type bigint,
  alter column usage_events type integer,
  alter column tokens type bigint,
  alter column end_reason type text,
  add check (tier in ('standard', 'economy')),
  add check (cap_micro_usd >= 0),
  add check (held_micro_usd >= 0),
  add check (spent_micro_usd >= 0),
  add check (overshoot_micro_usd >= 0),
  add check (usage_events >= 0),
  add check (tokens >= 0),
  add check (end_reason in ('ended', 'expired')),
  add constraint sessions_check check (held_micro_usd <= cap_micro_usd),
  add constraint sessions_check1 check ((ended_at is null) = (ended_version is null) or admitted_version = 0),
  add constraint sessions_check2 check ((ended_at is null) = (end_reason is null)),
  add constraint sessions_check3 check (spent_micro_usd <= cap_micro_usd + overshoot_micro_usd);
alter table usage_events
  alter column ordinal type integer,
  alter column cost_micro_usd type bigint,
  alter column overshoot_micro_usd type bigint,
  alter column input_tokens type integer,
  alter column cached_input_tokens type integer,
  alter column cache_write_tokens type integer,
  alter column output_tokens type integer,
  alter column reasoning_tokens type integer,
  add check (ordinal >= 0),
  add check (cost_micro_usd >= 0),
  add constraint usage_events_check check (overshoot_micro_usd >= 0 and overshoot_micro_usd <= cost_micro_usd),
  add check (input_tokens >= 0),
  add check (cached_input_tokens >= 0),
  add check (cache_write_tokens >= 0),
  add check (output_tokens >= 0),
  add check (reasoning_tokens >= 0);
alter table authorizations
  alter column input_tokens type integer,
  alter column output_tokens type integer,
  alter column reserved_micro_usd type bigint,
  add check (input_tokens >= 0),
  add check (output_tokens >= 0),
  add check (reserved_micro_usd >= 0);
alter table outbox
  alter column epoch type bigint,
  add check (epoch >= 0);

drop domain micro_usd;
drop domain tally;
drop domain long_tally;
drop domain short_tally;
drop domain saturated_tally;
drop domain account_version;
drop domain last_attempts;
drop domain last_inputs;
drop domain tier;
drop domain session_end;

-- Up Migration

-- Instants of attempts as milliseconds: a third of the size of timestamps on their way, and no parsing.
alter table accounts drop column recent_attempts;
alter table accounts add column recent_attempts bigint[] not null default '{}'
  check (cardinality(recent_attempts) <= 32);

-- What earlier periods drew of grants that still run: written once, when the period opens.
alter table periods add column drawn_before jsonb not null default '{}';

-- The versions tell the story in order. A session that ended keeps what its open authorizations reserve.
alter table sessions add column tokens bigint not null default 0 check (tokens >= 0);
alter table sessions add column admitted_version bigint not null default 0;
alter table sessions add column ended_version bigint;
-- Late usage takes a session again that was given back: the replay of the story must know of both.
alter table sessions add column given_back_version bigint;
alter table sessions drop constraint sessions_check1;
alter table sessions add check ((ended_at is null) = (ended_version is null) or admitted_version = 0);

create table authorizations (
  app_id text not null,
  session_id text not null,
  authorization_id text not null,
  user_id text not null,
  model text not null,
  input_tokens integer not null check (input_tokens >= 0),
  output_tokens integer not null check (output_tokens >= 0),
  reserved_micro_usd bigint not null check (reserved_micro_usd >= 0),
  authorized_at timestamptz not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  close_reason text check (close_reason in ('used', 'expired')),
  fingerprint text not null,
  version bigint not null,
  primary key (app_id, session_id, authorization_id),
  check ((closed_at is null) = (close_reason is null))
) with (fillfactor = 80);
create index authorizations_to_check on authorizations (app_id, expires_at) where closed_at is null;

alter table usage_events add column version bigint not null default 0;
alter table usage_events add column overshoot_micro_usd bigint not null default 0
  check (overshoot_micro_usd between 0 and cost_micro_usd);
alter table usage_events add column cache_write_tokens integer check (cache_write_tokens >= 0);
alter table usage_events add column authorization_id text;

alter table crossings add column version bigint not null default 0;

-- Acts differ in what they say: a review's id, a grant's amounts, an override's limits.
alter table commands add column details jsonb not null default '{}';
update commands set details = jsonb_build_object('reviewId', review_id);
alter table commands drop column review_id;
alter table commands drop constraint commands_kind_check;
alter table commands add constraint commands_kind_check
  check (kind in ('flag', 'approve', 'reject', 'grant', 'override', 'withdraw'));

-- An answer that is still being worked out holds its key without a status.
alter table answers alter column status drop not null;
alter table answers alter column body drop not null;
alter table answers add column claimed_until timestamptz;
alter table answers add check ((status is null) = (claimed_until is not null));

-- While a table is empty all its indexes cost a plan the same, and the last one made is taken: the one that finds the
-- rows of one account.
drop index sessions_open;
create index sessions_open on sessions (app_id, user_id) where ended_at is null;
create index authorizations_open on authorizations (app_id, user_id) where closed_at is null;

-- Down Migration

delete from answers where status is null or body is null;
alter table answers drop column claimed_until;
alter table answers alter column status set not null;
alter table answers alter column body set not null;


alter table commands drop constraint commands_kind_check;
alter table commands add column review_id text;
update commands set review_id = details ->> 'reviewId';
delete from commands where review_id is null;
alter table commands alter column review_id set not null;
alter table commands drop column details;
alter table commands add constraint commands_kind_check check (kind in ('flag', 'approve', 'reject'));
alter table crossings drop column version;
alter table usage_events drop column version, drop column overshoot_micro_usd, drop column cache_write_tokens,
  drop column authorization_id;
drop table authorizations;
alter table sessions drop column tokens, drop column admitted_version, drop column ended_version,
  drop column given_back_version;
alter table sessions add constraint sessions_check1 check (ended_at is null or held_micro_usd = 0);
alter table periods drop column drawn_before;
alter table accounts drop column recent_attempts;
alter table accounts add column recent_attempts timestamptz[] not null default '{}'
  check (cardinality(recent_attempts) <= 32);

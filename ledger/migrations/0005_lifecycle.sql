-- Up Migration

-- What users did about paid plans, with times: the effect of nudges is measured on it.
create table user_events (
  app_id text not null,
  user_id text not null,
  -- Where the event was a command, the command's key.
  event_id text not null,
  kind text not null check (kind in ('upgrade_page_viewed', 'upgraded', 'downgraded')),
  plan text,
  note text not null,
  -- When it happened, as the app told, and when it was written; both on the app's clock.
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (app_id, user_id, event_id)
);
create index user_events_by_time on user_events (app_id, kind, occurred_at);

-- The key under which erased users are known until their period ends: the two padded keys of HMAC-SHA256 (RFC 2104),
-- since Postgres has SHA-256 built in and no HMAC.
create table erasure_key (
  singleton boolean primary key default true check (singleton),
  inner_pad bytea not null check (length(inner_pad) = 64),
  outer_pad bytea not null check (length(outer_pad) = 64)
);
with secret as materialized (
  select uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || decode(repeat('00', 32), 'hex') as bytes
)
insert into erasure_key (inner_pad, outer_pad)
select
  string_agg(set_byte('\x00'::bytea, 0, get_byte(bytes, i) # 54), ''::bytea order by i),
  string_agg(set_byte('\x00'::bytea, 0, get_byte(bytes, i) # 92), ''::bytea order by i)
from secret, generate_series(0, 63) as i;

-- Erasures asked for, under way and, until the period of what was used ends, done.
create table erasures (
  app_id text not null references apps,
  user_hmac bytea not null check (length(user_hmac) = 32),
  -- Until nothing is left that is found by it.
  user_id text,
  requested_by text not null,
  requested_at timestamptz not null default now(),
  -- Since when Temporal has listed no run of the account. Real clock.
  quiet_since timestamptz,
  last_error text,
  erased_at timestamptz,
  -- What was used of the running period, and when that ends on the app's clock: an id that comes back goes on from it.
  allowance jsonb,
  allowance_until timestamptz,
  primary key (app_id, user_hmac),
  check ((user_id is null) = (erased_at is not null)),
  check ((allowance is null) = (allowance_until is null))
);
create unique index erasures_under_way on erasures (app_id, user_id) where user_id is not null;
create index erasures_done on erasures (app_id, erased_at) where erased_at is not null;

-- What an erased account had used of the period before its id came back.
alter table periods add column carried jsonb;

-- Down Migration

alter table periods drop column carried;
drop table erasures, erasure_key, user_events;
delete from commands where kind in ('upgrade', 'downgrade');

-- Up Migration

-- Foreign keys stand where rows are few. The hot tables (accounts, periods, sessions, usage_events) are written only by
-- the one commit statement, which checks the account's version, so their references need no lock of their own.

create table ledger_epoch (
  singleton boolean primary key default true check (singleton),
  epoch integer not null default 1 check (epoch > 0),
  -- Where the workflows live; another id means that Temporal was wiped.
  temporal_namespace text
);
insert into ledger_epoch default values;

create table apps (
  app_id text primary key check (app_id ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
  name text not null,
  mode text not null check (mode in ('sandbox', 'live')),
  -- The test clock: sandbox apps live at the database's clock plus this offset, which never falls.
  clock_offset_ms bigint not null default 0 check (clock_offset_ms >= 0),
  policy_version text not null,
  created_at timestamptz not null default now(),
  check (mode = 'sandbox' or clock_offset_ms = 0)
);

create table policies (
  app_id text not null references apps deferrable initially deferred,
  version text not null,
  document jsonb not null,
  created_at timestamptz not null default now(),
  primary key (app_id, version)
);
alter table apps add foreign key (app_id, policy_version) references policies deferrable initially deferred;

create table api_keys (
  key_id text primary key,
  app_id text references apps,
  -- Secrets are 256 random bits, so a plain SHA-256 is enough; the secret itself is shown once and never stored.
  secret_sha256 bytea not null unique check (length(secret_sha256) = 32),
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['app', 'growth', 'admin']),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  check (app_id is not null or scopes = array['admin'])
);

create table accounts (
  app_id text not null,
  user_id text not null,
  version bigint not null check (version > 0),
  registered_at timestamptz not null,
  registration_given boolean not null,
  time_zone text not null,
  plan text,
  locale text not null,
  email text,
  registration jsonb,
  current_period integer,
  day_date date,
  day_starts_at timestamptz,
  day_ends_at timestamptz,
  day_sessions integer not null default 0 check (day_sessions >= 0),
  day_spent_micro_usd bigint not null default 0 check (day_spent_micro_usd >= 0),
  day_attempts smallint not null default 0 check (day_attempts between 0 and 255),
  day_refunds smallint not null default 0 check (day_refunds >= 0),
  last_command integer not null default 0 check (last_command >= 0),
  entitlement jsonb not null,
  recent_attempts timestamptz[] not null default '{}' check (cardinality(recent_attempts) <= 32),
  recent_inputs text[] not null default '{}' check (cardinality(recent_inputs) <= 32),
  primary key (app_id, user_id)
) with (fillfactor = 80);

create table periods (
  app_id text not null,
  user_id text not null,
  number integer not null check (number > 0),
  -- The account's version at the last change: what the relay has not told yet is above what was acknowledged.
  version bigint not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  time_zone text not null,
  plan text not null,
  policy_version text not null,
  sessions_used integer not null check (sessions_used >= 0),
  spent_micro_usd bigint not null check (spent_micro_usd >= 0),
  held_micro_usd bigint not null check (held_micro_usd >= 0),
  overshoot_micro_usd bigint not null check (overshoot_micro_usd >= 0),
  crossed smallint[] not null default '{}',
  primary key (app_id, user_id, number),
  check (starts_at < ends_at)
) with (fillfactor = 80);

create table sessions (
  session_id text primary key,
  app_id text not null,
  user_id text not null,
  period integer not null,
  date date not null,
  tier text not null check (tier in ('standard', 'economy')),
  cap_micro_usd bigint not null check (cap_micro_usd >= 0),
  held_micro_usd bigint not null check (held_micro_usd >= 0),
  spent_micro_usd bigint not null check (spent_micro_usd >= 0),
  overshoot_micro_usd bigint not null check (overshoot_micro_usd >= 0),
  usage_events integer not null check (usage_events >= 0),
  started_at timestamptz not null,
  expires_at timestamptz not null,
  -- When the sweeper looks again. Usage moves expires_at alone, so that its update touches no index.
  check_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('ended', 'expired')),
  counted boolean not null,
  client jsonb,
  metadata jsonb,
  check (held_micro_usd <= cap_micro_usd),
  check (ended_at is null or held_micro_usd = 0),
  check ((ended_at is null) = (end_reason is null)),
  check (spent_micro_usd <= cap_micro_usd + overshoot_micro_usd)
) with (fillfactor = 80);
create index sessions_open on sessions (app_id, user_id) where ended_at is null;
create index sessions_to_check on sessions (app_id, check_at) where ended_at is null;
create index sessions_of_account on sessions (app_id, user_id, started_at);

create table usage_events (
  app_id text not null,
  event_id text not null,
  session_id text not null,
  user_id text not null,
  period integer not null,
  cost_micro_usd bigint not null check (cost_micro_usd >= 0),
  model text,
  input_tokens integer check (input_tokens >= 0),
  cached_input_tokens integer check (cached_input_tokens >= 0),
  output_tokens integer check (output_tokens >= 0),
  reasoning_tokens integer check (reasoning_tokens >= 0),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  fingerprint text not null,
  primary key (app_id, event_id)
);
create index usage_events_of_session on usage_events (session_id);

create table crossings (
  app_id text not null,
  user_id text not null,
  period integer not null,
  threshold smallint not null check (threshold between 1 and 100),
  dimension text not null check (dimension in ('sessions', 'usage')),
  crossed_at timestamptz not null,
  primary key (app_id, user_id, period, threshold)
);

create table nudges (
  app_id text not null,
  user_id text not null,
  period integer not null,
  threshold smallint not null,
  decision text not null check (decision in ('delivered', 'passed', 'lapsed')),
  decided_at timestamptz not null,
  primary key (app_id, user_id, period, threshold),
  foreign key (app_id, user_id, period, threshold) references crossings on delete cascade
);

create table commands (
  app_id text not null,
  user_id text not null,
  number integer not null check (number > 0),
  key text not null,
  kind text not null check (kind in ('flag', 'approve', 'reject')),
  review_id text not null,
  issued_by text not null,
  note text not null,
  issued_at timestamptz not null,
  primary key (app_id, user_id, number),
  unique (app_id, user_id, key)
);

create table reviews (
  review_id text primary key,
  app_id text not null,
  user_id text not null,
  status text not null default 'open' check (status in ('open', 'approved', 'rejected')),
  opened_at timestamptz not null,
  due_at timestamptz not null,
  score smallint not null check (score >= 0),
  signals jsonb not null,
  decided_at timestamptz,
  decided_by text,
  note text,
  check ((status = 'open') = (decided_at is null))
);
create index reviews_by_status on reviews (app_id, status, due_at);
create index reviews_of_account on reviews (app_id, user_id, opened_at);

-- One mark per account that has something to tell its workflow: a mark, not a copy. What it tells is read when it is sent.
create table outbox (
  app_id text not null,
  user_id text not null,
  seq bigint not null,
  acked_seq bigint not null default 0,
  -- Null: nothing to send. Real clock.
  send_at timestamptz,
  sent_at timestamptz,
  attempts integer not null default 0,
  last_error text,
  set_aside_at timestamptz,
  -- The account's next timer or deadline, on the app's clock.
  wake_at timestamptz,
  primary key (app_id, user_id)
) with (fillfactor = 70);
create index outbox_to_send on outbox (send_at) where send_at is not null and set_aside_at is null;
create index outbox_to_wake on outbox (app_id, wake_at) where wake_at is not null;

create table notices (
  app_id text not null,
  user_id text not null,
  notice_id text not null,
  kind text not null check (kind in ('nudge', 'reset')),
  period integer not null,
  threshold smallint,
  text text not null,
  created_at timestamptz not null,
  seen_at timestamptz,
  primary key (app_id, user_id, notice_id)
);
create index notices_newest on notices (app_id, user_id, created_at desc);

create table webhook_endpoints (
  app_id text primary key references apps,
  url text not null,
  secret text not null,
  created_at timestamptz not null default now()
);

create table deliveries (
  delivery_id text primary key,
  app_id text not null,
  user_id text not null,
  notice_id text not null,
  channel text not null check (channel in ('webhook')),
  payload jsonb not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  -- Real clock: retries do not follow a test clock.
  next_attempt_at timestamptz default now(),
  last_error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (app_id, user_id, notice_id, channel),
  check ((status = 'pending') = (next_attempt_at is not null))
);
create index deliveries_due on deliveries (next_attempt_at) where next_attempt_at is not null;

-- Answers to requests with an Idempotency-Key that changed something, kept for 24 hours.
create table answers (
  app_id text not null,
  key text not null,
  fingerprint text not null,
  status smallint not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  primary key (app_id, key)
);
create index answers_by_age on answers (created_at);

create table audit (
  audit_id bigint generated always as identity primary key,
  app_id text,
  actor text not null,
  act text not null,
  subject text not null,
  details jsonb not null default '{}',
  at timestamptz not null default now()
);
create index audit_of_app on audit (app_id, at);

-- Down Migration

drop table audit, answers, deliveries, webhook_endpoints, notices, outbox, reviews, commands, nudges, crossings,
  usage_events, sessions, periods, accounts, api_keys cascade;
alter table apps drop constraint apps_app_id_policy_version_fkey;
drop table policies, apps, ledger_epoch;

-- What a product writes for itself: one counter per user and month, one row per session.
create table usage_months (
  user_id text not null,
  month date not null,
  session_limit integer not null,
  sessions_used integer not null default 0,
  primary key (user_id, month)
) with (fillfactor = 80);

create table sessions (
  session_id uuid primary key,
  user_id text not null,
  started_at timestamptz not null default now()
);
create index sessions_of_user on sessions (user_id, started_at);

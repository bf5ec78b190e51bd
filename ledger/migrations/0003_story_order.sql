-- Up Migration

-- A batch counts many events in one version of the account: the order in which it counted them.
alter table usage_events add column ordinal integer not null default 0 check (ordinal >= 0);
-- How many events of its version had been counted when the step was crossed.
alter table crossings add column ordinal integer not null default 0 check (ordinal >= 0);
-- 0: written before commands had one.
alter table commands add column version bigint not null default 0 check (version >= 0);

-- Whose prices an authorization reserved by: its call is charged by the same.
alter table authorizations add column policy_version text;
update authorizations z set policy_version = app.policy_version from apps app where app.app_id = z.app_id;
alter table authorizations alter column policy_version set not null;

-- A running period that was moved to another policy: decisions before it were made by the former one.
create table policy_changes (
  app_id text not null,
  user_id text not null,
  -- The account's version that the move raised.
  version bigint not null check (version > 0),
  period integer not null,
  former_policy text not null,
  policy_version text not null,
  -- On the app's clock.
  changed_at timestamptz not null,
  primary key (app_id, user_id, version)
);

-- Down Migration

drop table policy_changes;
alter table authorizations drop column policy_version;
alter table commands drop column version;
alter table crossings drop column ordinal;
alter table usage_events drop column ordinal;

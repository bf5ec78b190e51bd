-- Up Migration

-- Epochs are instants in milliseconds: a counter would come back with the very backup it is to overrule.
alter table ledger_epoch alter column epoch type bigint;
-- An account's own epoch: its workflow is to take the ledger's word whole although others are not. The higher of the two holds.
alter table outbox add column epoch bigint not null default 0 check (epoch >= 0);

-- What each run of the reconciler saw and mended.
create table reconciliations (
  run_id text primary key,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  accounts integer not null default 0,
  missing integer not null default 0,
  failed integer not null default 0,
  stale integer not null default 0,
  needless integer not null default 0,
  orphaned integer not null default 0,
  mended integer not null default 0
);
create index reconciliations_newest on reconciliations (started_at desc);

-- Down Migration

drop table reconciliations;
alter table outbox drop column epoch;
update ledger_epoch set epoch = 1;
alter table ledger_epoch alter column epoch type integer;

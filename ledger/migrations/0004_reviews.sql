-- Up Migration

-- A re-check is a command as well. The kinds grow with the product; the list is the union in domain/account/command.ts.
alter table commands drop constraint commands_kind_check;
alter table commands add constraint commands_kind_check check (kind ~ '^[a-z_]{1,40}$');

-- A restriction whose evidence has gone is released without a person.
alter table reviews drop constraint reviews_status_check;
alter table reviews add constraint reviews_status_check
  check (status in ('open', 'approved', 'rejected', 'released'));

-- A second address of the app, where overdue reviews are escalated to.
alter table webhook_endpoints add column channel text not null default 'webhook'
  check (channel in ('webhook', 'escalation'));
alter table webhook_endpoints drop constraint webhook_endpoints_pkey;
alter table webhook_endpoints add primary key (app_id, channel);
alter table deliveries drop constraint deliveries_channel_check;
alter table deliveries add constraint deliveries_channel_check check (channel in ('webhook', 'escalation'));

-- Down Migration

delete from deliveries where channel = 'escalation';
alter table deliveries drop constraint deliveries_channel_check;
alter table deliveries add constraint deliveries_channel_check check (channel = 'webhook');
delete from webhook_endpoints where channel = 'escalation';
alter table webhook_endpoints drop constraint webhook_endpoints_pkey;
alter table webhook_endpoints drop column channel;
alter table webhook_endpoints add primary key (app_id);
update reviews set status = 'approved' where status = 'released';
alter table reviews drop constraint reviews_status_check;
alter table reviews add constraint reviews_status_check check (status in ('open', 'approved', 'rejected'));
delete from commands where kind = 'recheck';
alter table commands drop constraint commands_kind_check;
alter table commands add constraint commands_kind_check
  check (kind in ('flag', 'approve', 'reject', 'grant', 'override', 'withdraw'));

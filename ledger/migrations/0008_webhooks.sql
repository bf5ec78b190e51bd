-- Up Migration

-- Several endpoints of an app, each with the events it wants; null: all but escalations.
alter table webhook_endpoints add column endpoint_id text;
update webhook_endpoints set endpoint_id = 'whe_' || replace(gen_random_uuid()::text, '-', '');
alter table webhook_endpoints alter column endpoint_id set not null;
alter table webhook_endpoints add column events text[];
update webhook_endpoints set events = case channel
  when 'escalation' then '{review.escalated}'::text[]
  else '{allowance.nudge,allowance.reset,allowance.reset_soon,review.due}'::text[] end;
alter table webhook_endpoints alter column events set not null;
alter table webhook_endpoints add column enabled boolean not null default true;
-- A secret that was rotated signs on beside the new one until then.
alter table webhook_endpoints add column previous_secret text;
alter table webhook_endpoints add column previous_until timestamptz;
-- The circuit: failures in a row, and until when nothing is sent because of them.
alter table webhook_endpoints add column failures integer not null default 0;
alter table webhook_endpoints add column paused_until timestamptz;
alter table webhook_endpoints drop constraint webhook_endpoints_pkey;
alter table webhook_endpoints add primary key (endpoint_id);
create index webhook_endpoints_of_app on webhook_endpoints (app_id);

-- One row for each message and target: an endpoint, or '' where a channel has one target.
alter table deliveries add column target text not null default '';
alter table deliveries add column message_id text;
update deliveries d set message_id = d.delivery_id, target = coalesce((
  select e.endpoint_id from webhook_endpoints e where e.app_id = d.app_id and e.channel = d.channel), '');
alter table deliveries alter column message_id set not null;
alter table deliveries drop constraint deliveries_app_id_user_id_notice_id_channel_key;
alter table deliveries drop constraint deliveries_channel_check;
update deliveries set channel = 'webhook';
alter table deliveries add constraint deliveries_channel_check check (channel in ('webhook', 'email'));
alter table deliveries add unique (app_id, user_id, notice_id, channel, target);
alter table webhook_endpoints drop column channel;
drop index deliveries_due;
create index deliveries_due on deliveries (channel, target, next_attempt_at) where next_attempt_at is not null;
create index deliveries_of_app on deliveries (app_id, created_at desc, delivery_id);

-- Down Migration

drop index deliveries_of_app, deliveries_due;
create index deliveries_due on deliveries (next_attempt_at) where next_attempt_at is not null;
delete from deliveries where channel <> 'webhook';
delete from deliveries d using deliveries o
where (d.app_id, d.user_id, d.notice_id) = (o.app_id, o.user_id, o.notice_id) and d.delivery_id > o.delivery_id;
alter table deliveries drop constraint deliveries_app_id_user_id_notice_id_channel_target_key;
alter table deliveries drop constraint deliveries_channel_check;
alter table deliveries add constraint deliveries_channel_check check (channel in ('webhook', 'escalation'));
alter table deliveries add unique (app_id, user_id, notice_id, channel);
alter table deliveries drop column message_id, drop column target;
delete from webhook_endpoints d using webhook_endpoints o
where d.app_id = o.app_id and d.endpoint_id > o.endpoint_id;
alter table webhook_endpoints add column channel text not null default 'webhook'
  check (channel in ('webhook', 'escalation'));
alter table webhook_endpoints drop constraint webhook_endpoints_pkey;
alter table webhook_endpoints add primary key (app_id, channel);
drop index webhook_endpoints_of_app;
alter table webhook_endpoints drop column endpoint_id, drop column events, drop column enabled,
  drop column previous_secret, drop column previous_until, drop column failures, drop column paused_until;

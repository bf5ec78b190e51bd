-- Up Migration

-- The key under which an app's links to unsubscribe are signed.
alter table apps add column mail_key bytea not null
  default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

-- Who wants no mail, and whose address takes none: of it only a digest, so that another address is tried again.
create table mail_preferences (
  app_id text not null,
  user_id text not null,
  unsubscribed_at timestamptz,
  undeliverable_address bytea,
  undeliverable_at timestamptz,
  undeliverable_reason text,
  primary key (app_id, user_id)
);

alter table user_events drop constraint user_events_kind_check;
alter table user_events add constraint user_events_kind_check
  check (kind in ('upgrade_page_viewed', 'upgraded', 'downgraded', 'email_bounced', 'email_complained'));

-- Down Migration

delete from user_events where kind in ('email_bounced', 'email_complained');
alter table user_events drop constraint user_events_kind_check;
alter table user_events add constraint user_events_kind_check
  check (kind in ('upgrade_page_viewed', 'upgraded', 'downgraded'));
drop table mail_preferences;
alter table apps drop column mail_key;

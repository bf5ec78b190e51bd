-- Up Migration

-- What a key is for, and when it was last used, to the minute.
alter table api_keys add column name text not null default '', add column last_used_at timestamptz;
create index api_keys_of_app on api_keys (app_id, created_at);

create index audit_newest on audit (app_id, audit_id);

-- Where in the order of its user's notices one stands: what a stream has sent up to. One user's are written one by one.
alter table notices add column position bigint generated always as identity, add column dismissed_at timestamptz;
create index notices_in_order on notices (app_id, user_id, position);

-- The sites whose pages may ask with a user's token.
alter table apps add column origins text[] not null default '{}';

-- Down Migration

alter table apps drop column origins;
drop index notices_in_order;
alter table notices drop column dismissed_at, drop column position;
drop index audit_newest;
drop index api_keys_of_app;
alter table api_keys drop column last_used_at, drop column name;

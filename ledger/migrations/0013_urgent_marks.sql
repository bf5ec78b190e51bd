-- Up Migration

-- Crossings and commands are told ahead of what only keeps the workflows' pictures true.
alter table outbox add column urgent boolean not null default false;

-- What is due, and what is sent and not answered yet, in each lane.
drop index outbox_to_send;
create index outbox_to_send on outbox (urgent, send_at) where send_at is not null and set_aside_at is null;
drop index outbox_in_flight;
create index outbox_in_flight on outbox (urgent, send_at) where attempts = 1;

-- Down Migration

drop index outbox_in_flight;
create index outbox_in_flight on outbox (send_at) where attempts = 1;
drop index outbox_to_send;
create index outbox_to_send on outbox (send_at) where send_at is not null and set_aside_at is null;
alter table outbox drop column urgent;

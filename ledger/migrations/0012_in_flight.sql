-- Up Migration

-- The relay looks before each batch how much of what it sent is not answered yet.
create index outbox_in_flight on outbox (send_at) where attempts = 1;

-- Down Migration

drop index outbox_in_flight;

-- Up Migration

-- Whose request a mark and a message came from, as W3C Trace Context writes it; null where nobody traces.
alter table outbox add column traceparent text;
alter table deliveries add column traceparent text;

-- Down Migration

alter table deliveries drop column traceparent;
alter table outbox drop column traceparent;

#!/bin/sh
# Run once, when the volume is made: the schema belongs to stipend_owner, who migrates; api and worker are stipend, who may
# read and write rows and nothing else.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$STIPEND_DB_PASSWORD" --username postgres <<'SQL'
create role stipend_owner login password :'password';
create role stipend login password :'password';
create database stipend owner stipend_owner;
\connect stipend
revoke all on schema public from public;
grant all on schema public to stipend_owner;
grant usage on schema public to stipend;
alter default privileges for role stipend_owner in schema public grant select, insert, update, delete on tables to stipend;
alter default privileges for role stipend_owner in schema public grant usage on sequences to stipend;
SQL

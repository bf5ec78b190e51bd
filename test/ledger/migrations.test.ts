import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const urlOf = (database: string) =>
  `postgres://postgres:stipend@127.0.0.1:${inject('postgresPort')}/${database}`;
const name = `migrations_${process.pid}`;
const migrations = fileURLToPath(new URL('../../ledger/migrations', import.meta.url));

const move = (direction: 'up' | 'down', count: number) =>
  runner({
    databaseUrl: urlOf(name),
    dir: migrations,
    migrationsTable: 'migrations',
    direction,
    count,
    log: () => {},
  });

async function on<Row extends object>(database: string, ...statements: string[]): Promise<Row[]> {
  const client = new Client({ connectionString: urlOf(database) });
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) ({ rows } = await client.query<Row>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

const columns = () =>
  on(
    name,
    `select table_name, column_name, data_type, is_nullable from information_schema.columns
     where table_schema = 'public' and table_name <> 'migrations' order by 1, ordinal_position`,
  );

beforeAll(() => on('postgres', `create database ${name}`));
afterAll(() => on('postgres', `drop database if exists ${name} with (force)`));

test('every migration goes up over the rows of the one before, down, and up again', async () => {
  await move('up', 2);
  await on(
    name,
    'begin',
    `insert into apps (app_id, name, mode, policy_version) values ('app', 'App', 'live', 'pol_1')`,
    `insert into policies (app_id, version, document) values ('app', 'pol_1', '{}')`,
    'commit',
    `insert into authorizations (app_id, session_id, authorization_id, user_id, model, input_tokens, output_tokens,
       reserved_micro_usd, authorized_at, expires_at, fingerprint, version)
     values ('app', 'ses_1', 'call', 'ada', 'm', 1, 1, 1, now(), now(), '', 1)`,
    `insert into commands (app_id, user_id, number, key, kind, details, issued_by, note, issued_at)
     values ('app', 'ada', 1, 'k', 'grant', '{}', 'maya', '', now())`,
  );
  const early = await columns();
  const later = (await move('up', Infinity)).length;
  expect(later).toBeGreaterThan(0);
  const newest = await columns();
  const [row] = await on(
    name,
    'select z.policy_version, c.version as command_version from authorizations z, commands c',
  );
  expect(row).toEqual({ policy_version: 'pol_1', command_version: '0' });
  await move('down', later);
  expect(await columns()).toEqual(early);
  await move('down', Infinity);
  expect(await columns()).toEqual([]);
  await move('up', Infinity);
  // What went down and up again has its columns in the same order.
  expect(await columns()).toEqual(newest);
});

test('columns become domains without a table or an index being written anew', async () => {
  const files = () =>
    on<{ name: string; file: number }>(
      name,
      `select relname as name, relfilenode as file from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'i') and relname not like 'migrations%' order by 1`,
    );
  const migrationsBefore = 13;
  await move('down', Infinity);
  await move('up', migrationsBefore);
  const before = await files();
  await move('up', 1);
  expect(await files()).toEqual(before);
  await move('up', Infinity);
});

import { readFileSync } from 'node:fs';
import { Pool } from 'pg';
import { freePort } from '../local/ports.ts';
import type { BenchPostgres } from './postgres.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export type Baseline = {
  readonly server: ServerProcess;
  readonly db: Pool;
  readonly database: string;
  /** Users `{prefix}{number}`; a limit of one is used up by the first session, as on Stipend's plan `short`. */
  readonly addUsers: (prefix: string, from: number, to: number, limit: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export async function startBaseline(postgres: BenchPostgres, database = 'baseline'): Promise<Baseline> {
  const url = await postgres.createDatabase(database);
  const db = new Pool({ connectionString: url, max: 4, application_name: 'bench' });
  db.on('error', () => {});
  await db.query(readFileSync('bench/baseline/schema.sql', 'utf8'));
  await db.query('create extension if not exists pg_walinspect');
  const port = await freePort();
  const server = await startServer({
    name: 'the baseline',
    entry: './baseline/server.js',
    port,
    env: { DATABASE_URL: url, PORT: String(port) },
  });
  return {
    server,
    db,
    database,
    addUsers: async (prefix, from, to, limit) => {
      await db.query(
        `insert into usage_months (user_id, month, session_limit)
         select $1 || lpad(n::text, 7, '0'), date_trunc('month', now() at time zone 'utc')::date, $4
         from generate_series($2::int, $3::int - 1) as n`,
        [prefix, from, to, limit],
      );
    },
    stop: async () => {
      await server.stop();
      await db.end();
    },
  };
}

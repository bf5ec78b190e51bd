import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { Queryable } from './pool.ts';

const migrations = fileURLToPath(new URL('./migrations', import.meta.url));
const migrationsTable = 'migrations';

/** Brings the database to the newest schema. Several at once wait for one another. */
export async function migrate(databaseUrl: string): Promise<void> {
  await runner({
    databaseUrl,
    dir: migrations,
    migrationsTable,
    direction: 'up',
    advisoryLockMode: 'wait',
    log: () => {},
  });
}

/** Names of migrations that this version knows and the database has not had, oldest first. */
export async function pendingMigrations(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>({
    name: 'applied-migrations',
    text: `select name from ${migrationsTable}`,
  });
  const applied = new Set(rows.map(({ name }) => name));
  return readdirSync(migrations)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.replace(/\.sql$/, ''))
    .filter((name) => !applied.has(name))
    .sort();
}

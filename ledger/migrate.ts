import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

const migrations = fileURLToPath(new URL('./migrations', import.meta.url));

/** Brings the database to the newest schema. Several at once wait for one another. */
export async function migrate(databaseUrl: string): Promise<void> {
  await runner({
    databaseUrl,
    dir: migrations,
    migrationsTable: 'migrations',
    direction: 'up',
    advisoryLockMode: 'wait',
    log: () => {},
  });
}

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../ledger/migrate.ts';
import { freePort } from '../../local/ports.ts';
import { startPostgres } from '../../local/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresPort: number;
  }
}

const templateDatabase = 'stipend_template';

/** One Postgres for the whole run, with a migrated database to clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-test-'));
  // Postgres' own user must pass through it.
  chmodSync(folder, 0o711);
  const port = await freePort();
  const postgres = await startPostgres({ dataDir: join(folder, 'pg', 'data'), port, throwAway: true });
  await postgres.createDatabase(templateDatabase);
  await migrate(postgres.url(templateDatabase));
  project.provide('postgresPort', postgres.port);
  return async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

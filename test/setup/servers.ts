import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../ledger/migrate.ts';
import { freePort } from '../../local/ports.ts';
import { startPostgres } from '../../local/postgres.ts';
import { findTemporalBinary } from '../../local/temporal-binary.ts';
import { startTemporalServer } from '../../local/temporal-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresPort: number;
    temporalAddress: string;
    workflowBundlePath: string;
  }
}

export const templateDatabase = 'stipend_template';

async function bundleWorkflows(folder: string): Promise<string> {
  const path = join(folder, 'workflow-bundle.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  writeFileSync(path, code);
  return path;
}

/** One Postgres, one Temporal server and one workflow bundle for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-test-'));
  // Postgres' own user must pass through it.
  chmodSync(folder, 0o711);
  const binary = await findTemporalBinary((line) => process.stdout.write(`${line}\n`));
  const [postgres, temporal, workflowBundlePath] = await Promise.all([
    freePort().then((port) => startPostgres({ dataDir: join(folder, 'pg', 'data'), port, throwAway: true })),
    freePort().then((port) =>
      startTemporalServer({
        binary,
        port,
        uiPort: null,
        dbFilename: null,
        logFile: join(folder, 'temporal.log'),
      }),
    ),
    bundleWorkflows(folder),
  ]);
  await postgres.createDatabase(templateDatabase);
  await migrate(postgres.url(templateDatabase));
  project.provide('postgresPort', postgres.port);
  project.provide('temporalAddress', temporal.address);
  project.provide('workflowBundlePath', workflowBundlePath);
  return async () => {
    await Promise.allSettled([temporal.stop(), postgres.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { freePort } from '../../local/ports.ts';
import { findTemporalBinary } from '../../local/temporal-binary.ts';
import { startTemporalServer } from '../../local/temporal-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    workflowBundlePath: string;
  }
}

async function bundleWorkflows(folder: string): Promise<string> {
  const path = join(folder, 'workflow-bundle.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  writeFileSync(path, code);
  return path;
}

/** One Temporal server and one workflow bundle for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-test-'));
  const binary = await findTemporalBinary((line) => process.stdout.write(`${line}\n`));
  const port = await freePort();
  const logFile = join(folder, 'temporal.log');
  const [temporal, workflowBundlePath] = await Promise.all([
    startTemporalServer({ binary, port, uiPort: null, dbFilename: null, logFile, givesWay: false }),
    bundleWorkflows(folder),
  ]);
  project.provide('temporalAddress', temporal.address);
  project.provide('workflowBundlePath', workflowBundlePath);
  return async () => {
    await temporal.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

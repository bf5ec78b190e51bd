import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Client } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkerOptions,
  bundleWorkflowCode,
} from '@temporalio/worker';
import { inject } from 'vitest';
import { createActivities } from '../../activities/create-activities.ts';
import { type AccountTotals, workflowIdOf } from '../../domain/totals.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { startRelay } from '../../worker/relay.ts';
import { type Sent, sendTotals } from '../../worker/send-totals.ts';
import { wordsOfWorkflows } from '../../worker/words-of-workflows.ts';
import { type TestProduct, quiet } from '../setup/product.ts';
import { testSecretKeys } from '../setup/secret-keys.ts';

type Bundle = NonNullable<WorkerOptions['workflowBundle']>;

/** What a version's worker runs, and how its relay tells. */
export type Code = {
  readonly name: 'old' | 'new';
  readonly bundle: Bundle;
  readonly send: (client: Client, totals: AccountTotals, taskQueue: string) => Promise<Sent>;
};

export const newCode = (): Code => ({
  name: 'new',
  bundle: { codePath: inject('workflowBundlePath') },
  send: sendTotals,
});

/** As `worker/send-totals.ts` did it at ffc9c04: what it starts bears the earlier name. */
const sendAsOld: Code['send'] = async (client, totals, taskQueue) => {
  const { appId, userId } = totals;
  await client.workflow.signalWithStart('freeTierAccount', {
    workflowId: workflowIdOf(appId, userId),
    taskQueue,
    args: [{ v: 1, appId, userId }],
    signal: 'totals',
    signalArgs: [totals],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
  return { kind: 'sent' };
};

/**
 * The workflows as they were at ffc9c04, before `reset-of-facts`, `reset-soon` and every field that the state has got since:
 * `git archive ffc9c04 workflows domain`, then `esbuild workflows/index.ts --bundle --format=esm --minify --target=es2022
 * '--external:@temporalio/*' | gzip -9n`. Like a recorded history it is never made anew: older code wrote it.
 */
export async function oldCode(): Promise<Code> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-old-'));
  const workflowsPath = join(folder, 'workflows.mjs');
  writeFileSync(workflowsPath, gunzipSync(readFileSync(new URL('old-workflows.js.gz', import.meta.url))));
  const modules = [fileURLToPath(new URL('../../node_modules', import.meta.url))];
  try {
    const bundle = await bundleWorkflowCode({
      workflowsPath,
      logger: new DefaultLogger('ERROR'),
      webpackConfigHook: (config) => ({ ...config, resolve: { ...config.resolve, modules } }),
    });
    return { name: 'old', bundle, send: sendAsOld };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export type VersionedWorker = { readonly stop: () => Promise<void> };

const running = new Set<VersionedWorker>();

/** Also what a test that failed has left. */
export async function stopWorkers(): Promise<void> {
  await Promise.all([...running].map((one) => one.stop()));
}

/** A worker on this code with a relay and a ledger of its own; its name is who it is in the histories. */
export async function startWorkerOn(
  { name, bundle, send }: Code,
  { client, database, taskQueue }: TestProduct,
): Promise<VersionedWorker> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const ledger = openLedger(database.url, { max: 8, secretKeys: testSecretKeys });
  const activities = createActivities(ledger);
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: bundle,
    identity: name,
    activities,
    sinks: wordsOfWorkflows(ledger),
  });
  const tell = (totals: AccountTotals) => send(client, totals, taskQueue);
  const relays = startRelay(
    { ledger, log: quiet, send: tell, onOutcome: () => {} },
    { busyMs: 5, idleMs: 20 },
  );
  const finished = worker.run();
  const started = {
    stop: async () => {
      running.delete(started);
      await Promise.all(relays.map((relay) => relay.stop()));
      worker.shutdown();
      await finished;
      await connection.close();
      await ledger.close();
    },
  };
  running.add(started);
  return started;
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities.ts';
import type { Heard } from '../activities/delivery-activities.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { traceActivities } from './trace-activities.ts';
import { wordsOfWorkflows } from './words-of-workflows.ts';

export type TemporalWorkerOptions = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly ledger: Ledger;
  readonly cachedWorkflows?: number;
  readonly heard?: Heard;
  /** Made by `npm run build`; undefined bundles the sources now. */
  readonly bundlePath: string | undefined;
};

const besideUs = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function workflowCode(bundlePath: string | undefined) {
  if (bundlePath !== undefined) return { workflowBundle: { codePath: bundlePath } };
  const built = besideUs('../workflow-bundle.js');
  if (existsSync(built)) return { workflowBundle: { codePath: built } };
  return { workflowsPath: besideUs('../workflows/index.ts') };
}

/** Runs the accounts' workflows and what they do. Local activities share the ledger's pool, so they are bounded by it. */
export const createTemporalWorker = (options: TemporalWorkerOptions): Promise<Worker> =>
  Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: options.taskQueue,
    ...workflowCode(options.bundlePath),
    activities: createActivities(options.ledger, options.heard),
    sinks: wordsOfWorkflows(options.ledger),
    interceptors: { activity: [traceActivities] },
    maxConcurrentLocalActivityExecutions: 32,
    // As many as fit is the SDK's way: memory would grow with the accounts.
    maxCachedWorkflows: options.cachedWorkflows ?? 300,
    shutdownGraceTime: '5 seconds',
  });

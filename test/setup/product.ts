import type { AddressInfo } from 'node:net';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { inject } from 'vitest';
import { createApi } from '../../api/app.ts';
import { createWorkflowMessenger } from '../../api/workflow-messenger.ts';
import { type Scope, issueApiKey } from '../../ledger/api-keys.ts';
import { appId, userId } from '../../domain/ids.ts';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import { workflowIdOf } from '../../domain/totals.ts';
import type { Polling } from '../../worker/polling.ts';
import { startRelay } from '../../worker/relay.ts';
import { sendTotals } from '../../worker/send-totals.ts';
import { createTemporalWorker } from '../../worker/temporal-worker.ts';
import { type TestDatabase, createTestDatabase } from './database.ts';

export const quiet = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

export type Reply = { readonly status: number; readonly body: any; readonly headers: Headers };

export type TestApi = {
  readonly url: string;
  readonly database: TestDatabase;
  /** An app of its own, with a key of each scope and calls that use them. */
  readonly app: (policy?: PolicyDocument) => Promise<TestApp>;
  readonly stop: () => Promise<void>;
};

export type TestApp = {
  readonly id: string;
  readonly key: string;
  readonly growthKey: string;
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Reply>;
  readonly growth: (method: string, path: string, body?: unknown) => Promise<Reply>;
};

export async function request(
  url: string,
  method: string,
  key: string | null,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  // A stream would not end.
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (isStream) await response.body?.cancel();
  const text = isStream ? '' : await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') ? JSON.parse(text) : text,
    headers: response.headers,
  };
}

/** A Temporal that nobody answers for: what the API does by itself, it does without. */
const absentTemporal = () => new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });

/** The API on a port of its own over a database of its own. */
export async function startApi(client: Client = absentTemporal()): Promise<TestApi> {
  const database = await createTestDatabase();
  const app = createApi({ ledger: database.ledger, workflows: createWorkflowMessenger(client), log: quiet });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keyOf = async (id: string, scope: Scope) => {
    const issued = await issueApiKey(database.ledger.pool, { appId: id, mode: 'sandbox', scopes: [scope] });
    return issued.secret;
  };
  return {
    url,
    database,
    app: async (policy) => {
      // Workflows of all tests share one Temporal server, so no two apps share a name.
      const id = `app-${crypto.randomUUID().slice(0, 8)}`;
      await database.createApp(id, policy === undefined ? {} : { policy });
      const key = await keyOf(id, 'app');
      const growthKey = await keyOf(id, 'growth');
      return {
        id,
        key,
        growthKey,
        call: (method, path, body, headers) => request(url + path, method, key, body, headers),
        growth: (method, path, body) => request(url + path, method, growthKey, body),
      };
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.drop();
    },
  };
}

export type TestProduct = TestApi & {
  readonly client: Client;
  readonly workflowOf: (app: TestApp, user: string) => WorkflowHandle;
  /** The account's row in the outbox. */
  readonly markOf: (app: TestApp, user: string) => Promise<any>;
  readonly taskQueue: string;
  readonly stopWorker: () => Promise<void>;
  readonly startWorker: () => Promise<void>;
};

let isQuiet = false;
/** Once a process: the SDK's worker would log every change of its state. */
export function quietRuntime(): void {
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isQuiet = true;
}

/** API, relay and Temporal worker, as the product runs them, against the run's one Temporal server. */
export async function startProduct(): Promise<TestProduct> {
  const address = inject('temporalAddress');
  quietRuntime();
  const environment = await TestWorkflowEnvironment.createFromExistingServer({ address });
  const { client, nativeConnection: native } = environment;
  const api = await startApi(client);
  const { ledger } = api.database;
  const taskQueue = `test-${crypto.randomUUID()}`;
  let running: { worker: Worker; finished: Promise<void>; relays: readonly Polling[] } | null = null;
  const startWorker = async () => {
    const worker = await createTemporalWorker({
      connection: native,
      namespace: 'default',
      taskQueue,
      ledger,
      bundlePath: inject('workflowBundlePath'),
    });
    const relays = startRelay(
      {
        ledger,
        log: quiet,
        send: (totals) => sendTotals(client, totals, taskQueue),
        onOutcome: () => {},
      },
      { busyMs: 5, idleMs: 20 },
    );
    running = { worker, finished: worker.run(), relays };
  };
  const stopWorker = async () => {
    if (running === null) return;
    const { worker, finished, relays } = running;
    running = null;
    await Promise.all(relays.map((relay) => relay.stop()));
    worker.shutdown();
    await finished;
  };
  await startWorker();
  return {
    ...api,
    client,
    workflowOf: (app, user) => client.workflow.getHandle(workflowIdOf(appId(app.id), userId(user))),
    markOf: async (app, user) => {
      const marks = await ledger.pool.query('select * from outbox where app_id = $1 and user_id = $2', [
        app.id,
        user,
      ]);
      return marks.rows[0];
    },
    taskQueue,
    startWorker,
    stopWorker,
    stop: async () => {
      await stopWorker();
      await api.stop();
      await environment.teardown();
    },
  };
}

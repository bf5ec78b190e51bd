import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { pino } from 'pino';
import { openLedger } from '../ledger/ledger.ts';
import { isTracingAsked, startTracing } from '../tracing/start.ts';
import { createApi } from './app.ts';
import { readEnvironment } from './environment.ts';
import { createLifecycle } from './lifecycle.ts';
import { stopServing } from './shutdown.ts';
import { createWorkflowMessenger } from './workflow-messenger.ts';

const environment = readEnvironment(process.env);
const log = pino({ name: 'api', level: environment.LOG_LEVEL });
const ledger = openLedger(environment.DATABASE_URL, {
  applicationName: 'stipend-api',
  secretKeys: environment.STIPEND_SECRET_KEY,
  queue: { remembered: environment.STIPEND_REMEMBERED_ACCOUNTS },
  onIdleError: (error) => log.warn({ err: error }, 'an idle connection was closed'),
});
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
// Lazy: an API without Temporal admits sessions all the same.
const connection = Connection.lazy(connectionOptions);
const workflows = createWorkflowMessenger(new Client({ connection, namespace }));

const stopTracing = await startTracing('stipend-api');
const lifecycle = createLifecycle();
const server = createApi({
  ledger,
  workflows,
  log,
  lifecycle,
  isTraced: isTracingAsked(process.env),
  trustedProxies: environment.STIPEND_TRUSTED_PROXIES,
}).listen(environment.STIPEND_API_PORT, environment.STIPEND_API_HOST, (error) => {
  if (error !== undefined) {
    log.fatal({ err: error }, 'the API cannot listen');
    process.exit(1);
  }
  const { address, port } = server.address() as AddressInfo;
  log.info({ address, port }, 'listening');
});

let isStopping = false;

/** In the order that breaks no promise: not ready, no new requests, the answers that are owed, then what they need. */
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  lifecycle.drain();
  await stopServing(server);
  await Promise.all([ledger.close(), connection.close()]);
  await stopTracing();
  log.info('stopped');
}

const stopOnce = (): void => {
  stop().catch((error: unknown) => {
    log.error({ err: error }, 'the API did not stop in order');
    process.exitCode = 1;
  });
};
process.once('SIGTERM', stopOnce);
process.once('SIGINT', stopOnce);

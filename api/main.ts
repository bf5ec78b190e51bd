import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { pino } from 'pino';
import { openLedger } from '../ledger/ledger.ts';
import { createApi } from './app.ts';
import { readEnvironment } from './environment.ts';
import { createWorkflowMessenger } from './workflow-messenger.ts';

const environment = readEnvironment(process.env);
const log = pino({ name: 'api', level: environment.LOG_LEVEL });
const ledger = openLedger(environment.DATABASE_URL, {
  applicationName: 'stipend-api',
  onIdleError: (error) => log.warn({ err: error }, 'an idle connection was closed'),
});
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
// Lazy: an API without Temporal admits sessions all the same.
const connection = Connection.lazy(connectionOptions);
const workflows = createWorkflowMessenger(new Client({ connection, namespace }));

const server = createApi({ ledger, workflows, log }).listen(
  environment.STIPEND_API_PORT,
  environment.STIPEND_API_HOST,
  (error) => {
    if (error !== undefined) {
      log.fatal({ err: error }, 'the API cannot listen');
      process.exit(1);
    }
    const { address, port } = server.address() as AddressInfo;
    log.info({ address, port }, 'listening');
  },
);

/** Requests in flight are answered before the connections they need are closed. */
function stop(): void {
  server.close(() => {
    Promise.all([ledger.close(), connection.close()])
      .catch((error: unknown) => log.warn({ err: error }, 'closing'))
      .finally(() => log.info('stopped'));
  });
  server.closeIdleConnections();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Ledger } from '../ledger/ledger.ts';
import { createAuthentication } from './authentication.ts';
import { type Lifecycle, createLifecycle } from './lifecycle.ts';
import { createInboxStreams } from './inbox-streams.ts';
import { createMetrics } from './metrics.ts';
import { mount } from './mount.ts';
import { allowOrigins } from './origins.ts';
import { createPages } from './openapi/pages.ts';
import { createOperations } from './operations.ts';
import { notFound, onError } from './problems/middleware.ts';
import { createUnsubscribe } from './unsubscribe.ts';
import { logRequests } from './request-log.ts';
import { routes } from './routes.ts';
import { traceRequests } from './trace-requests.ts';
import type { WorkflowMessenger } from './workflow-messenger.ts';

export type ApiOptions = {
  readonly ledger: Ledger;
  readonly workflows: WorkflowMessenger;
  readonly log: Logger;
  readonly lifecycle?: Lifecycle;
  /** How many proxies in front are believed about whose request they hand on. */
  readonly trustedProxies?: number;
  /** True where a collector takes spans. */
  readonly isTraced?: boolean;
};

/** The whole API as one Express application. It starts and admits sessions while Temporal is away. */
export function createApi({
  ledger,
  workflows,
  log,
  lifecycle = createLifecycle(),
  trustedProxies = 0,
  isTraced = false,
}: ApiOptions): Express {
  const metrics = createMetrics(ledger.pool);
  const streams = createInboxStreams(ledger, log);
  lifecycle.onDrain(streams.close);
  metrics.watchStreams(streams.count);
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', trustedProxies);
  app.use(logRequests(log, metrics));
  if (isTraced) app.use(traceRequests());
  app.use(allowOrigins(ledger.pool));
  // What is asked most comes first: a router looks at every layer before the one that answers.
  mount(app, routes, {
    ledger,
    db: ledger.pool,
    authentication: createAuthentication({ db: ledger.pool, tokenKeys: ledger.secrets.tokenKeys }),
    streams,
    workflows,
    metrics,
    log,
  });
  app.use(
    helmet({
      // Plain HTTP on this machine must load its own page; TLS is the business of whatever stands in front.
      contentSecurityPolicy: {
        directives: { 'upgrade-insecure-requests': null, 'style-src': ["'self'", "'unsafe-inline'"] },
      },
      strictTransportSecurity: false,
    }),
  );
  app.use(createUnsubscribe(ledger.pool));
  app.use(createOperations(ledger.pool, metrics, lifecycle));
  app.use(createPages());
  app.use(notFound);
  app.use(onError(log));
  return app;
}

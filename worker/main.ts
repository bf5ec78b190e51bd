import { pino } from 'pino';
import { openLedger } from '../ledger/ledger.ts';
import { sealWebhookSecrets } from '../ledger/seal-webhook-secrets.ts';
import { adoptNamespace } from '../ledger/temporal-namespace.ts';
import { startTracing } from '../tracing/start.ts';
import { taskQueue } from '../workflows/names.ts';
import { Dispatcher } from './dispatcher.ts';
import { mailerOf } from './mailer-of.ts';
import { type MailOptions, sendDueMails } from './mail-dispatcher.ts';
import { readEnvironment } from './environment.ts';
import { eraseDue } from './eraser.ts';
import { serveHealth } from './health.ts';
import { createMetrics } from './metrics.ts';
import { type Polling, startPolling, stuckLoop } from './polling.ts';
import { Readiness } from './readiness.ts';
import { scheduleReconciler } from './reconcile-schedule.ts';
import { startRelay } from './relay.ts';
import { installRuntime } from './sdk-metrics.ts';
import { sendTotals } from './send-totals.ts';
import { sweep } from './sweeper.ts';
import { createTemporalWorker } from './temporal-worker.ts';
import { type Temporal, connectTemporal, namespaceId, registerSearchAttributes } from './temporal.ts';

const environment = readEnvironment(process.env);
const log = pino({ name: 'worker', level: environment.LOG_LEVEL });
const ledger = openLedger(environment.DATABASE_URL, {
  applicationName: 'stipend-worker',
  secretKeys: environment.STIPEND_SECRET_KEY,
  onIdleError: (error) => log.warn({ err: error }, 'an idle connection was closed'),
});
const metrics = createMetrics(ledger.pool);
const dispatcher = new Dispatcher({
  db: ledger.pool,
  openSecret: ledger.secrets.open,
  log,
  onAttempt: (outcome, { ageMs }) =>
    metrics.countAttempt({ channel: 'webhook', outcome, ageSeconds: ageMs / 1000 }),
});
const mailer = mailerOf(environment);
const mails = {
  ledger,
  log,
  mailer,
  from: environment.MAIL_FROM,
  publicUrl: environment.STIPEND_PUBLIC_URL.replace(/\/+$/, ''),
  onAttempt: (outcome, { ageMs }) =>
    metrics.countAttempt({ channel: 'email', outcome, ageSeconds: ageMs / 1000 }),
} satisfies MailOptions;
const readiness = new Readiness(ledger.pool);
const loops: Polling[] = [];
const queue = environment.STIPEND_TASK_QUEUE ?? taskQueue;

const startDispatcher = (): Polling =>
  startPolling({ name: 'dispatcher', log, work: () => dispatcher.dispatchDue(), busyMs: 20, idleMs: 200 });

/** The loops that need Postgres only run from the start; Temporal may come later. */
const startLedgerLoops = (): Polling[] => [
  startPolling({ name: 'sweeper', log, work: () => sweep(ledger), busyMs: 200, idleMs: 2_000 }),
  startPolling({ name: 'mails', log, work: () => sendDueMails(mails), busyMs: 20, idleMs: 1_000 }),
];

/** Once at the start: keys change only with a restart. */
async function sealSecrets(): Promise<void> {
  try {
    const sealed = await sealWebhookSecrets(ledger.pool, ledger.secrets);
    if (sealed > 0) log.info({ endpoints: sealed }, 'secrets of webhooks sealed');
  } catch (error) {
    log.warn({ err: error }, 'secrets of webhooks were not looked at; the next start does it');
  }
}

async function watchNamespace(temporal: Temporal): Promise<number> {
  const marked = await adoptNamespace(ledger.pool, await namespaceId(temporal));
  if (marked > 0) log.warn({ accounts: marked }, 'Temporal is a new one; every workflow is rebuilt');
  return 0;
}

function startTemporalLoops(temporal: Temporal): Polling[] {
  const relay = {
    ledger,
    log,
    send: (totals: Parameters<typeof sendTotals>[1]) => sendTotals(temporal.client, totals, queue),
    onOutcome: metrics.countSent,
  };
  return [
    ...startRelay(relay, { busyMs: 10, idleMs: 50 }),
    startPolling({
      name: 'eraser',
      log,
      work: () => eraseDue({ ledger, client: temporal.client, log }),
      busyMs: 1_000,
      idleMs: 2_000,
    }),
    startPolling({
      name: 'namespace',
      log,
      work: () => watchNamespace(temporal),
      busyMs: 15_000,
      idleMs: 30_000,
    }),
  ];
}

async function main(): Promise<void> {
  const stopTracing = await startTracing('stipend-worker');
  const stopping = new AbortController();
  process.once('SIGTERM', () => stopping.abort());
  process.once('SIGINT', () => stopping.abort());
  const sdk = await installRuntime();
  const health = await serveHealth(
    {
      stuck: () => stuckLoop(loops),
      fault: () => readiness.fault(),
      registry: metrics.registry,
      sdk,
    },
    environment.STIPEND_WORKER_HOST,
    environment.STIPEND_WORKER_PORT,
  );
  await sealSecrets();
  const dispatching = startDispatcher();
  loops.push(dispatching, ...startLedgerLoops());
  const temporal = await connectTemporal(log, stopping.signal);
  if (temporal !== null) {
    await registerSearchAttributes(temporal, log).catch((error: unknown) =>
      log.warn(
        { err: error },
        'search attributes were not registered; make them by hand if the server lacks them',
      ),
    );
    await scheduleReconciler(temporal.client, queue).catch((error: unknown) =>
      log.warn({ err: error }, 'the hourly reconciler could not be scheduled; the next start tries again'),
    );
    const worker = await createTemporalWorker({
      connection: temporal.native,
      namespace: temporal.namespace,
      taskQueue: queue,
      ledger,
      bundlePath: environment.STIPEND_WORKFLOW_BUNDLE,
      cachedWorkflows: environment.STIPEND_CACHED_WORKFLOWS,
      heard: { onNudge: metrics.observeNudge, onWebhooks: dispatching.wake },
    });
    loops.push(...startTemporalLoops(temporal));
    readiness.works(temporal);
    log.info({ taskQueue: queue, namespace: temporal.namespace }, 'ready');
    const stopped = new Promise<void>((resolve) => {
      if (stopping.signal.aborted) resolve();
      stopping.signal.addEventListener('abort', () => resolve());
    });
    await worker.runUntil(stopped.then(() => readiness.stops()));
  }
  readiness.stops();
  await Promise.all(loops.map((loop) => loop.stop()));
  await dispatcher.drained();
  mailer.close();
  await temporal?.close();
  await ledger.close();
  health.close();
  await stopTracing();
  log.info('stopped');
}

main().catch((error: unknown) => {
  log.fatal({ err: error }, 'the worker stopped');
  process.exit(1);
});

import { join } from 'node:path';
import { migrate } from '../ledger/migrate.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { ensureDatabase, postgresAnswers, requireDatabase } from './database.ts';
import type { Home } from './home.ts';
import { endLeftovers } from './leftovers.ts';
import { type LocalFile, readLocalFile, writeLocalFile } from './local-file.ts';
import { requirePort } from './ports.ts';
import { postgresUrl } from './postgres.ts';
import { prepareSandbox } from './sandbox.ts';
import { type ServiceName, startPostgresProcess, startService } from './services.ts';
import { type LocalSettings, portVariables } from './settings.ts';
import { type Supervised, supervise } from './supervised.ts';
import { findTemporalBinary } from './temporal-binary.ts';
import { requireTemporal, startTemporalServer } from './temporal-server.ts';

export type Report = (line: string) => void;

export type Stack = {
  readonly local: LocalFile;
  /** In the order that loses nothing: api, worker, Temporal, Postgres. */
  readonly stop: () => Promise<void>;
};

const databaseName = 'stipend';

async function requirePorts({ ports, databaseUrl, temporalAddress }: LocalSettings): Promise<void> {
  const wanted = [
    'api' as const,
    'worker' as const,
    ...(databaseUrl === null ? (['postgres'] as const) : []),
    ...(temporalAddress === null ? (['temporal', 'temporalUi'] as const) : []),
  ];
  for (const name of wanted) {
    await requirePort(ports[name], portVariables[name].purpose, portVariables[name].variable);
  }
}

async function withLedger<T>(databaseUrl: string, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = openLedger(databaseUrl, { applicationName: 'stipend-local', max: 1 });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** Starts everything, or ends what it had started and throws. */
export async function startStack(home: Home, settings: LocalSettings, report: Report): Promise<Stack> {
  const leftovers = await endLeftovers(home.processes);
  if (leftovers.length > 0) report(`Ended what a crash had left running: ${leftovers.join(', ')}.`);
  await requirePorts(settings);
  const running: Supervised[] = [];
  const stop = async () => {
    // Started last is stopped first.
    for (const one of running.toReversed()) await one.stop();
  };
  const keep = async (role: string, start: Parameters<typeof supervise>[0]['start']) => {
    const startedAt = performance.now();
    running.push(await supervise({ role, processes: home.processes, start, report }));
    report(`  ${role.padEnd(9)} ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  };
  try {
    const databaseUrl = await providePostgres(home, settings, keep);
    const temporalAddress = await provideTemporal(home, settings, keep, report);
    await migrate(databaseUrl);
    const keys = await withLedger(databaseUrl, (ledger) =>
      prepareSandbox(ledger, readLocalFile(home.localFile)),
    );
    const apiUrl = `http://127.0.0.1:${settings.ports.api}`;
    const start = (name: ServiceName) => () =>
      startService(name, { home, databaseUrl, temporalAddress, port: settings.ports[name], apiUrl });
    await keep('worker', start('worker'));
    await keep('api', start('api'));
    const local: LocalFile = {
      api_url: apiUrl,
      worker_url: `http://127.0.0.1:${settings.ports.worker}`,
      ...keys,
      temporal_address: temporalAddress,
      temporal_ui_url:
        settings.temporalAddress === null ? `http://127.0.0.1:${settings.ports.temporalUi}` : null,
      database_url: databaseUrl,
    };
    writeLocalFile(home.localFile, local);
    return { local, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Keep = (role: string, start: Parameters<typeof supervise>[0]['start']) => Promise<void>;

async function providePostgres(home: Home, settings: LocalSettings, keep: Keep): Promise<string> {
  if (settings.databaseUrl !== null) {
    await requireDatabase(settings.databaseUrl);
    return settings.databaseUrl;
  }
  const { postgres } = settings.ports;
  await keep('postgres', () => startPostgresProcess(home, postgres, postgresAnswers));
  await ensureDatabase(postgresUrl(postgres, 'postgres'), databaseName);
  return postgresUrl(postgres, databaseName);
}

async function provideTemporal(
  home: Home,
  settings: LocalSettings,
  keep: Keep,
  report: Report,
): Promise<string> {
  if (settings.temporalAddress !== null) {
    await requireTemporal(settings.temporalAddress);
    return settings.temporalAddress;
  }
  const binary = await findTemporalBinary(report);
  const { temporal, temporalUi } = settings.ports;
  await keep('temporal', () =>
    startTemporalServer({
      binary,
      port: temporal,
      uiPort: temporalUi,
      dbFilename: home.temporalDatabase,
      logFile: join(home.logs, 'temporal.log'),
      givesWay: true,
    }),
  );
  return `127.0.0.1:${temporal}`;
}

import { Pool } from 'pg';
import { createApp } from '../ledger/apps.ts';
import { issueApiKey } from '../ledger/api-keys.ts';
import { migrate } from '../ledger/migrate.ts';
import { newSecretKey } from '../ledger/secret-keys.ts';
import { freePort } from '../local/ports.ts';
import { copyAccounts, exemptFromFlags } from './accounts.ts';
import { runLoad } from './load/run.ts';
import { benchPolicy } from './policy.ts';
import type { BenchPostgres } from './postgres.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** The reference user of each kind; the others are copies. */
type AccountKind = 'roomy' | 'short' | 'roomy-fast' | 'short-fast';

export type Stipend = {
  readonly server: ServerProcess;
  readonly db: Pool;
  readonly key: string;
  readonly database: string;
  readonly addAccounts: (kind: AccountKind, prefix: string, from: number, to: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const appId = 'bench';

export type StipendOptions = {
  readonly database: string;
  /** Where the API finds Postgres, if not directly: the counting proxy. */
  readonly throughPort?: number;
  readonly nodeOptions?: readonly string[];
};

type ServerOptions = Pick<StipendOptions, 'throughPort' | 'nodeOptions'> & {
  readonly env?: Readonly<Record<string, string>>;
};

async function register(port: number, key: string, user: string, plan: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/users/${user}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ plan, time_zone: 'UTC', locale: 'en' }),
  });
  if (!response.ok) throw new Error(`registering ${user}: ${response.status} ${await response.text()}`);
}

function startStipendServer(
  url: string,
  { throughPort, nodeOptions = [], env = {} }: ServerOptions = {},
): Promise<ServerProcess> {
  return freePort().then((port) => {
    const databaseUrl = new URL(url);
    if (throughPort !== undefined) databaseUrl.port = String(throughPort);
    return startServer({
      name: 'the API',
      entry: '../api/main.js',
      port,
      env: {
        DATABASE_URL: databaseUrl.href,
        STIPEND_SECRET_KEY: newSecretKey(),
        STIPEND_API_PORT: String(port),
        LOG_LEVEL: 'info',
        ...env,
      },
      nodeOptions,
    });
  });
}

/** A few hundred sessions and what autovacuum learns from them, so that no leg is planned for empty tables. */
async function settle(db: Pool, port: number, key: string): Promise<void> {
  const count = 300;
  await copyAccounts(db, 'roomy', { prefix: 'settled-', from: 0, to: count });
  await db.query('analyze');
  await runLoad({
    port,
    key,
    connections: 4,
    seconds: null,
    pace: { kind: 'closed' },
    seed: 1,
    traffic: {
      kind: 'start',
      before: '/v1/users/',
      after: '/sessions',
      prefix: 'settled-',
      count,
      spread: 'each-once',
    },
  });
  await db.query('analyze');
}

/** The same database behind an API of its own that remembers nobody: every request of it is the first of its account. */
export async function startForgetful(postgres: BenchPostgres, stipend: Stipend): Promise<Stipend> {
  const server = await startStipendServer(postgres.url(stipend.database), {
    env: { STIPEND_REMEMBERED_ACCOUNTS: '0' },
  });
  return { ...stipend, server, stop: server.stop };
}

/** A database of its own with a live app, and the compiled API on it. */
export async function startStipend(postgres: BenchPostgres, options: StipendOptions): Promise<Stipend> {
  const url = await postgres.createDatabase(options.database);
  await migrate(url);
  const db = new Pool({ connectionString: url, max: 4, application_name: 'bench' });
  db.on('error', () => {});
  await db.query('create extension if not exists pg_stat_statements');
  await db.query('create extension if not exists pg_walinspect');
  await createApp(db, { appId, name: 'Bench', mode: 'live', policy: benchPolicy });
  const { secret } = await issueApiKey(db, { appId, mode: 'live', scopes: ['app'] });
  const server = await startStipendServer(url, options);
  for (const plan of ['roomy', 'short'] as const) {
    for (const kind of [plan, `${plan}-fast`] as const) await register(server.port, secret, kind, plan);
    await exemptFromFlags(db, `${plan}-fast`);
  }
  await settle(db, server.port, secret);
  return {
    server,
    db,
    key: secret,
    database: options.database,
    addAccounts: (kind, prefix, from, to) => copyAccounts(db, kind, { prefix, from, to }),
    stop: async () => {
      await server.stop();
      await db.end();
    },
  };
}

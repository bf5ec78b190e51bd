import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { type App, findApp, listAppIds } from '../ledger/apps.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { secretKeysVariable } from '../ledger/secret-keys.ts';
import { Fault } from './fault.ts';

export type DatabaseOptions = { readonly databaseUrl?: string };
export type AppOptions = DatabaseOptions & { readonly app?: string };

export const withDatabaseOption = (command: Command): Command =>
  command.option(
    '--database-url <url>',
    "the ledger's Postgres (default: DATABASE_URL, then .stipend/local.json)",
  );

export const withAppOption = (command: Command): Command =>
  withDatabaseOption(command).option('--app <app>', 'which app (default: the only one there is)');

const named = z.object({
  database_url: z.string(),
  api_url: z.string().optional(),
  worker_url: z.string().optional(),
  temporal_address: z.string().optional(),
});

const homeFolder = (): string => process.env['STIPEND_HOME'] ?? '.stipend';

/** What the embedded default wrote about itself; null where there is none, or none that can be read. */
export function localFile(): z.output<typeof named> | null {
  const path = join(homeFolder(), 'local.json');
  try {
    return named.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Where the ledger is, in this order: the option, the environment, the embedded default. Null: nowhere was said. */
function databaseUrlOf(options: DatabaseOptions): string | null {
  const given = options.databaseUrl ?? process.env['DATABASE_URL'];
  return given === undefined || given === '' ? (localFile()?.database_url ?? null) : given;
}

/** Of the environment or the embedded default; none where a command needs none. @throws Fault where they cannot be read */
export function secretKeys(): readonly Buffer[] {
  const path = join(homeFolder(), 'secret.key');
  const value = process.env['STIPEND_SECRET_KEY'] ?? (existsSync(path) ? readFileSync(path, 'utf8') : '');
  if (value === '') return [];
  const read = secretKeysVariable.safeParse(value.trim());
  if (read.success) return read.data;
  throw new Fault(`STIPEND_SECRET_KEY ${read.error.issues[0]?.message ?? 'cannot be read'}.`);
}

/** @throws Fault where no database was named or the address cannot be one. */
export async function withLedger<Result>(
  options: DatabaseOptions,
  use: (ledger: Ledger) => Promise<Result>,
  keys = secretKeys(),
): Promise<Result> {
  const url = databaseUrlOf(options);
  if (url === null) {
    throw new Fault(
      'No database is named; give --database-url, set DATABASE_URL, or run this where `npm start` keeps .stipend.',
    );
  }
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new Fault(
      'The address of the database is not one of Postgres; write postgres://user:password@host:5432/name.',
    );
  }
  const ledger = openLedger(url, { max: 4, applicationName: 'stipend-cli', secretKeys: keys });
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}

/** The app that was named, or the only one of the database. @throws Fault that names those there are. */
export async function appOf(ledger: Ledger, options: AppOptions): Promise<App> {
  const ids = options.app === undefined ? await listAppIds(ledger.pool, 20) : [];
  if (options.app === undefined && ids.length !== 1) {
    throw new Fault(
      ids.length === 0
        ? 'There is no app yet; make one with POST /v1/apps or `npm start`.'
        : `There are several apps; say which one with --app: ${ids.join(', ')}.`,
    );
  }
  const id = options.app ?? ids[0] ?? '';
  const app = await findApp(ledger.pool, id);
  if (app !== null) return app;
  const known = await listAppIds(ledger.pool, 20);
  throw new Fault(
    `There is no app "${id}"; ${known.length === 0 ? 'there is none yet' : `there are: ${known.join(', ')}`}.`,
  );
}

import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const debianFolder = '/usr/lib/postgresql';

/** On the PATH, or where Debian keeps it. Null: this machine has none. */
export function findPgbench(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'pgbench'));
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
  const ofDebian = versions.map((version) => join(debianFolder, version, 'bin', 'pgbench'));
  return [...onPath, ...ofDebian].find((path) => existsSync(path)) ?? null;
}

export type PgbenchOptions = {
  readonly program: string;
  readonly url: string;
  readonly script: string;
  readonly clients: number;
  readonly seconds: number;
};

export type PgbenchResult = { readonly perSecond: number; readonly transactions: number };

/** @throws Error with pgbench's own words where a statement failed. */
export function readPgbenchOutput(output: string): PgbenchResult {
  const perSecond = /^tps = ([\d.]+) \(without initial connection time\)/m.exec(output)?.[1];
  const transactions = /^number of transactions actually processed: (\d+)/m.exec(output)?.[1];
  if (perSecond === undefined || transactions === undefined)
    throw new Error(`pgbench said something else:\n${output}`);
  return { perSecond: Number(perSecond), transactions: Number(transactions) };
}

export async function runPgbench(options: PgbenchOptions): Promise<PgbenchResult> {
  const { stdout } = await run(options.program, [
    '--protocol=prepared',
    '--no-vacuum',
    '--jobs=1',
    '--define=i=-1',
    `--client=${options.clients}`,
    `--time=${options.seconds}`,
    `--file=${options.script}`,
    options.url,
  ]);
  return readPgbenchOutput(stdout);
}

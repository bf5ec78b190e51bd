import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const pgbenchMissing = 'pgbench not found: apt-get install postgresql-contrib';

const debianFolder = '/usr/lib/postgresql';

/** On the PATH, or where Debian keeps it. Null: this machine has none. */
export function findPgbench(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'pgbench'));
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
  const ofDebian = versions.map((version) => join(debianFolder, version, 'bin', 'pgbench'));
  return [...onPath, ...ofDebian].find((path) => existsSync(path)) ?? null;
}

type PgbenchOptions = {
  readonly program: string;
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
};

type PgbenchResult = { readonly perSecond: number; readonly transactions: number };

/** @throws Error with pgbench's own words where a statement failed. */
export function readPgbenchOutput(output: string): PgbenchResult {
  const perSecond = /^tps = ([\d.]+) \(without initial connection time\)/m.exec(output)?.[1];
  const transactions = /^number of transactions actually processed: (\d+)/m.exec(output)?.[1];
  if (perSecond === undefined || transactions === undefined)
    throw new Error(`pgbench said something else:\n${output}`);
  return { perSecond: Number(perSecond), transactions: Number(transactions) };
}

export async function runPgbenchScript(script: string, options: PgbenchOptions): Promise<PgbenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-pgbench-'));
  const file = join(folder, 'script.sql');
  writeFileSync(file, script);
  try {
    const { stdout } = await run(options.program, [
      '--protocol=prepared',
      '--no-vacuum',
      '--jobs=1',
      '--define=i=-1',
      `--client=${options.clients}`,
      `--time=${options.seconds}`,
      `--file=${file}`,
      options.url,
    ]);
    return readPgbenchOutput(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

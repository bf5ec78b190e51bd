import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { problemsMarkdown } from '../problems/page.ts';
import { routes } from '../routes.ts';
import { openApiDocument } from './document.ts';

/** `npm run openapi:check`: the committed documents are those of the code, and the OpenAPI one passes the linter. */

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const generated: Readonly<Record<string, string>> = {
  'docs/openapi.json': `${JSON.stringify(openApiDocument(routes), null, 2)}\n`,
  'docs/problems.md': problemsMarkdown(),
};

function committed(path: string): string | null {
  try {
    return readFileSync(pathOf(path), 'utf8');
  } catch {
    return null;
  }
}

if (process.argv.includes('--write')) {
  for (const [path, content] of Object.entries(generated)) writeFileSync(pathOf(path), content);
}
const stale = Object.entries(generated).filter(([path, content]) => committed(path) !== content);
for (const [path] of stale) {
  console.error(`${path} is not what the routes say. Run: npm run openapi:check -- --write`);
}
const lint = spawnSync(
  process.execPath,
  [
    pathOf('node_modules/@redocly/cli/bin/cli.js'),
    'lint',
    pathOf('docs/openapi.json'),
    '--config',
    pathOf('api/openapi/redocly.yaml'),
  ],
  { encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off' } },
);
if (lint.status !== 0) console.error(lint.stdout + lint.stderr);
process.exit(stale.length > 0 || lint.status !== 0 ? 1 : 0);

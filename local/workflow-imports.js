import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseFileSync } from '@swc/core';

/** dependency-cruiser's swc parser takes `import type` for an import, so that what runs is told apart here. */
const isErased = ({ type, typeOnly, specifiers = [] }) =>
  typeOnly === true ||
  (type !== 'ExportAllDeclaration' && specifiers.length > 0 && specifiers.every((each) => each.isTypeOnly));

const importedBy = (file) =>
  parseFileSync(file, { syntax: 'typescript', target: 'es2022' })
    .body.filter(({ source }) => typeof source?.value === 'string')
    .filter((statement) => !isErased(statement))
    .map(({ source }) => source.value);

/** What a workflow imports runs in its sandbox and loads with each worker: our own code and Temporal's, nothing else. */
const isWelcome = (name) => name.startsWith('@temporalio/');

/** Every import by which something else would get into the workflow bundle. */
export function strangersInWorkflows(projectRoot) {
  const folder = join(projectRoot, 'workflows');
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && name !== 'build-bundle.ts')
    .map((name) => join(folder, name));
  const reached = new Set(found);
  const strangers = [];
  for (const file of reached) {
    for (const name of importedBy(file)) {
      if (name.endsWith('.json')) continue;
      if (name.startsWith('.')) reached.add(join(dirname(file), name));
      else if (!isWelcome(name)) strangers.push(`${relative(projectRoot, file)} → ${name}`);
    }
  }
  return strangers.map((stranger) => `workflow-bundle-stays-small: ${stranger}`);
}

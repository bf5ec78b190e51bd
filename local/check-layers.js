import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import { cruiseOptions, forbidden } from './layers.js';
import { strangersInWorkflows } from './workflow-imports.js';

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** `npm run layers`: the folders keep to their layers, and no folder is named after nothing in particular. */
const folders = [
  'domain',
  'ledger',
  'delivery',
  'tracing',
  'activities',
  'workflows',
  'worker',
  'api',
  'cli',
  'local',
  'examples',
  'bench',
];
const shapelessNames = new Set(['utils', 'helpers', 'common', 'lib', 'types', 'shared', 'misc']);
/** A parser that reads nothing finds nothing wrong; fewer modules than this mean that it did not look. */
const fewestModules = 120;

function shapeless(folder) {
  return readdirSync(join(projectRoot, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => shapelessNames.has(entry.name.replace(/\.ts$/, '')))
    .map((entry) => `${join(entry.parentPath, entry.name)}: name it after what it holds`);
}

const cruised = await cruise(folders, {
  ...cruiseOptions,
  baseDir: projectRoot,
  validate: true,
  ruleSet: { forbidden },
});
const { violations, totalCruised } = cruised.output.summary;
const problems = [
  ...violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  ...folders.flatMap(shapeless),
  ...strangersInWorkflows(projectRoot),
  ...(totalCruised < fewestModules
    ? [`only ${totalCruised} modules were read; the parser did not look`]
    : []),
];
for (const problem of problems) console.error(problem);
console.log(`${totalCruised} modules, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

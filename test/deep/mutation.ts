import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { z } from 'zod';
import { exitWith } from '../../local/plain-error.ts';

/**
 * `npm run mutation`: Stryker over `domain/`, part by part. The whole takes hours; what a part came to stands in
 * docs/proofs/mutation.json, and is not tried again before its source changes.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const results = join(root, 'docs/proofs/mutation.json');
const page = join(root, 'docs/proofs/mutation.md');
const scratch = join(root, '.stipend/mutation');
const wanted = 80;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const part = z.strictObject({
  source: z.string(),
  date: z.string(),
  mutants: z.int(),
  ignored: z.int(),
  noticed: z.int(),
  survived: z.int(),
});
type Part = z.output<typeof part>;
const parts = z.record(z.string(), part);
type Parts = z.output<typeof parts>;

const configured = z
  .looseObject({ mutate: z.array(z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'stryker.config.json'), 'utf8')));
const leftOut = configured.mutate.filter((pattern) => pattern.startsWith('!'));

/** The folders of `domain/`, and the files that lie in none. */
const names = [
  'domain',
  ...readdirSync(join(root, 'domain'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `domain/${name}`)
    .filter((name) => !leftOut.includes(`!${name}/**`)),
];
/** What remembers across calls would answer a mutant's test from the one before: its modules are loaded anew for each test file. */
const remembering: ReadonlySet<string> = new Set(['domain/pricing']);
const isWhole = (name: string): boolean => name !== 'domain';
const patternOf = (name: string): string => (isWhole(name) ? `${name}/**/*.ts` : `${name}/*.ts`);

/** Known again by what is in its files. */
function sourceOf(name: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(join(root, name), { recursive: isWhole(name), encoding: 'utf8' });
  for (const file of files.filter((entry) => entry.endsWith('.ts')).toSorted())
    hash.update(file).update(readFileSync(join(root, name, file)));
  return hash.digest('hex').slice(0, 12);
}

const report = z.looseObject({
  files: z.record(z.string(), z.looseObject({ mutants: z.array(z.looseObject({ status: z.string() })) })),
});

function tryOut(name: string): Part {
  mkdirSync(scratch, { recursive: true });
  const [config, json] = [join(scratch, 'config.json'), join(scratch, 'report.json')];
  const thresholds = { high: 90, low: wanted, break: null };
  const mutate = [patternOf(name), ...leftOut];
  // One for each processor: a property that gets no turn within its tenth of a second counts as noticed.
  const concurrency = availableParallelism();
  writeFileSync(
    config,
    JSON.stringify({ ...configured, mutate, thresholds, concurrency, jsonReporter: { fileName: json } }),
  );
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const { status } = spawnSync(process.execPath, [stryker, 'run', config], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, STIPEND_MUTATION_ISOLATED: remembering.has(name) ? '1' : '' },
  });
  if (status !== 0) throw new Error(`Stryker did not finish ${name}`);
  const { files } = report.parse(JSON.parse(readFileSync(json, 'utf8')));
  const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map((mutant) => mutant.status));
  const count = (...wantedStatuses: string[]): number =>
    statuses.filter((one) => wantedStatuses.includes(one)).length;
  return {
    source: sourceOf(name),
    date: new Date().toISOString().slice(0, 10),
    mutants: statuses.length,
    ignored: count('Ignored', 'CompileError', 'RuntimeError'),
    noticed: count('Killed', 'Timeout'),
    survived: count('Survived', 'NoCoverage'),
  };
}

function read(): Parts {
  try {
    return parts.parse(JSON.parse(readFileSync(results, 'utf8')));
  } catch {
    return {};
  }
}

const scoreOf = ({ noticed, survived }: Pick<Part, 'noticed' | 'survived'>): number =>
  (noticed / (noticed + survived)) * 100;

const countsOf = ['mutants', 'ignored', 'noticed', 'survived'] as const;

function totalOf(known: Parts): Readonly<Record<(typeof countsOf)[number], number>> {
  const total = { mutants: 0, ignored: 0, noticed: 0, survived: 0 };
  for (const one of Object.values(known)) for (const count of countsOf) total[count] += one[count];
  return total;
}

function write(known: Parts): void {
  const rows = names.flatMap((name) => {
    const one = known[name];
    if (one === undefined) return [`| \`${name}\` | – | – | – | – | not tried |`];
    const stale = one.source === sourceOf(name) ? '' : ', source changed since';
    return [
      `| \`${name}\` | ${one.mutants} | ${one.ignored} | ${one.noticed} | ${one.survived} | ${scoreOf(one).toFixed(1)} % (${one.date}${stale}) |`,
    ];
  });
  const total = totalOf(known);
  writeFileSync(results, `${JSON.stringify(known, null, 2)}\n`);
  writeFileSync(
    page,
    `# Mutation score of \`domain/\`

Written by \`npm run mutation\` (Stryker 9.6.1, \`stryker.config.json\`); below ${wanted} % it fails. It runs the tests of the pure rules and two thousand
random decisions for each mutant, properties cut short after a tenth of a second, modules kept loaded.

| part | mutants | not tried | noticed | survived | score |
| --- | ---: | ---: | ---: | ---: | --- |
${rows.join('\n')}
| **all that was tried** | ${total.mutants} | ${total.ignored} | ${total.noticed} | ${total.survived} | **${scoreOf(total).toFixed(1)} %** |

Not tried are "static" mutants: values made once when a module is loaded (tables, schemas). Stryker can only try them by loading everything
anew, and leaves them out of the score (\`ignoreStatic\`). A mutant that never comes to an end counts as noticed, one that no test reaches as survived.

Tests that call rules while they are being declared (in a \`describe\`, at the top of a file) make every mutant cost a whole run:
Stryker calls such mutants static, and warns. Call rules inside a test.
`,
  );
}

function run(only: readonly string[], { again }: { readonly again?: boolean }): void {
  const strange = only.filter((name) => !names.includes(name));
  if (strange.length > 0) throw new Error(`no part ${strange.join(', ')}; there are ${names.join(', ')}`);
  const known = read();
  for (const name of only.length === 0 ? names : only) {
    if (again !== true && known[name]?.source === sourceOf(name)) {
      say(`${name}: as before, ${scoreOf(known[name]).toFixed(1)} %`);
      continue;
    }
    say(`${name}: begins`);
    known[name] = tryOut(name);
    // Each part takes minutes: what is there is kept, whatever becomes of the next.
    write(known);
    say(`${name}: ${scoreOf(known[name]).toFixed(1)} %`);
  }
  write(known);
  const score = scoreOf(totalOf(known));
  say(`${score.toFixed(1)} % of all that was tried was noticed; wanted are ${wanted} %`);
  if (score < wanted) process.exitCode = 1;
}

try {
  new Command('npm run mutation --')
    .description(
      'Changes the source of domain/ in every way that Stryker knows, and counts what the tests notice.',
    )
    .argument('[parts...]', `some of ${names.join(', ')}; all where none is named`)
    .option('--again', 'parts too whose source has not changed since they were tried')
    .action(run)
    .parse();
} catch (error) {
  exitWith(error);
}

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PlantedBug, bugs, editsOf, planted } from './bugs.ts';

/**
 * `npm run planted-bugs`: every fault of docs/proofs.md is planted into a copy of the tree, and its test must fail there.
 * A test that stays green on its own bug proves nothing. `-- 08 19` plants these alone and renews their rows of the report.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const leftOut = new Set(['node_modules', '.git', '.stipend', 'dist', 'reports', 'docs']);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'stipend-planted-'));
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => !leftOut.has(relative(root, path).split('/')[0] ?? ''),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

type Run = { readonly passed: number; readonly failed: number; readonly said: string };

/** The files whose tests are named after faults, by the project that runs them. */
const ofFaults = {
  ledger: ['test/faults'],
  product: [...new Set(bugs.flatMap(({ test }) => test ?? []))],
} as const;

function runTests(copy: string, name: string, project: keyof typeof ofFaults, files: readonly string[]): Run {
  const report = join(copy, 'planted.json');
  rmSync(report, { force: true });
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--project',
      project,
      ...files,
      '-t',
      name,
      '--reporter=json',
      '--reporter=default',
      '--outputFile',
      report,
    ],
    { cwd: copy, encoding: 'utf8' },
  );
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    // What could not begin, say for want of time, is no test that failed, nor one that held.
    if (numPassedTests + numFailedTests === 0) throw new Error('no test began');
    return { passed: numPassedTests, failed: numFailedTests, said: stdout + stderr };
  } catch (cause) {
    throw new Error(`the tests of ${name} did not run:\n${stdout}${stderr}`, { cause });
  }
}

const copy = copyTree();
for (const edit of bugs.flatMap(editsOf)) planted(readFileSync(join(copy, edit.file), 'utf8'), edit);
const numbers = process.argv.slice(2);
const chosen = bugs.filter(({ fault }) => numbers.length === 0 || numbers.includes(fault.slice(-2)));
const report = join(root, 'docs/proofs/planted-bugs.md');
const rows = new Map<string, string>();
const filesOf = (bug: PlantedBug): string =>
  editsOf(bug)
    .map(({ file }) => `\`${file}\``)
    .join(', ');
const projectOf = ({ test }: PlantedBug): keyof typeof ofFaults =>
  test === undefined ? 'ledger' : 'product';
let missed = 0;
try {
  for (const project of new Set(chosen.map(projectOf))) {
    const sound = runTests(copy, 'fault', project, ofFaults[project]);
    if (sound.failed > 0 || sound.passed === 0)
      throw new Error(`the tests of the faults must be green before a bug is planted
${sound.said}`);
    say(`without a bug: ${sound.passed} tests green`);
  }
  for (const bug of chosen) {
    const sources = editsOf(bug).map((edit) => {
      const path = join(copy, edit.file);
      return { edit, path, source: readFileSync(path, 'utf8') };
    });
    for (const { edit, path, source } of sources) writeFileSync(path, planted(source, edit));
    const files = bug.test === undefined ? ofFaults.ledger : [bug.test];
    const { passed, failed } = runTests(copy, bug.fault, projectOf(bug), files);
    for (const { path, source } of sources) writeFileSync(path, source);
    const isCaught = failed > 0;
    if (!isCaught) missed += 1;
    say(`${bug.fault}: ${isCaught ? 'caught' : 'NOT CAUGHT'} (${bug.what})`);
    rows.set(
      bug.fault,
      `| ${bug.fault} | ${bug.what} | ${filesOf(bug)} | ${isCaught ? 'yes' : '**no**'} | ${failed} of ${passed + failed} |`,
    );
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
// Read now: another part may have been renewed meanwhile.
const before = chosen.length === bugs.length ? '' : readFileSync(report, 'utf8');
for (const [row, fault = ''] of before.matchAll(/^\| (fault \d\d) .*$/gm)) {
  if (!rows.has(fault)) rows.set(fault, row);
}
const inOrder = bugs.flatMap(({ fault }) => rows.get(fault) ?? []);
writeFileSync(
  report,
  `# Planted bugs

Written by \`npm run planted-bugs\`: each public fault planted into our own source, and whether its test fails. Those of faults 19 and 20 need
Temporal and are in \`test/workflows\`, all others in \`test/faults\`.

| fault | the planted bug | where | caught | tests that failed |
| --- | --- | --- | --- | --- |
${inOrder.join('\n')}

${inOrder.filter((row) => row.includes('| yes ')).length} of ${bugs.length} are caught.
`,
);
process.exitCode = missed === 0 ? 0 : 1;

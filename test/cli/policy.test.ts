import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyDocument } from '../../domain/policy/document.ts';
import { readPolicyFile } from '../../domain/policy/policy-file.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { versionOf } from '../../ledger/policies.ts';
import { costlySession } from '../setup/costly-session.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';
import { runStipend } from './run-stipend.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'stipend-policy-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

function fileOf(text: string): string {
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, text);
  return path;
}

test('check says that the example is valid', async () => {
  const ran = await runStipend(['policy', 'check', 'examples/policy.yaml']);
  expect(ran.errors).toBe('');
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.output).toContain('examples/policy.yaml is a valid policy.');
});

test('check names every mistake by path and place, and ends with 1', async () => {
  const file = fileOf('version: 1\nplans:\n  free:\n    sessions: { per_day: three }\n');
  const { code, output, errors } = await runStipend(['policy', 'check', file]);
  expect(code).toBe(1);
  expect(output).toBe('');
  expect(errors.trimEnd().split('\n')).toEqual([
    'plans.free.upgrade (line 3, column 3): is missing; write it with its knobs indented below it',
    'plans.free.sessions.per_day (line 4, column 26): "three" is not a whole number from 1 to 1,000,000; write a number such as 3',
    `${file}: 2 errors.`,
  ]);
});

test('show prints a file that says the same policy, since when, and its running periods', async () => {
  await database.createApp('shown');
  const ran = await runStipend(['policy', 'show', '--database-url', database.url, '--app', 'shown']);
  expect(ran.errors).toBe('');
  expect(ran.output).toContain(`# Policy ${versionOf(referencePolicy)} of the app shown: in force since 20`);
  expect(ran.output).toContain('# No period is running.');
  expect(readPolicyFile(ran.output).policy).toEqual(policyDocument.parse(referencePolicy));
});

test('the database may come from the environment, and JSON may be asked for', async () => {
  await database.createApp('json');
  const ran = await runStipend(['policy', 'show', '--app', 'json', '--json'], { DATABASE_URL: database.url });
  expect(JSON.parse(ran.output)).toMatchObject({
    app: 'json',
    in_force: true,
    activated_by: 'setup',
    running_periods: [],
    policy: { version: 1 },
  });
});

test.each([
  ['a file that is not there', ['policy', 'check', 'nowhere.yaml'], /^nowhere\.yaml does not exist; /],
  ['no database', ['policy', 'show'], /^No database is named; give --database-url/],
  [
    'a database that does not answer',
    ['policy', 'show', '--database-url', 'postgres://postgres:x@127.0.0.1:1/stipend'],
    /^No Postgres answers there; set --database-url/,
  ],
  [
    'an address of something else',
    ['policy', 'show', '--database-url', 'http://127.0.0.1'],
    /^The address of the database is not one of Postgres/,
  ],
  ['an unknown command', ['polcy'], /^error: unknown command 'polcy'/],
])('%s is told in one sentence', async (_fault, args, sentence) => {
  const ran = await runStipend(args);
  expect(ran.code).toBe(1);
  expect(ran.errors).toMatch(sentence);
  expect(ran.errors.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
});

test('an app that is not there is answered with those that are', async () => {
  await database.createApp('there');
  const ran = await runStipend(['policy', 'show', '--app', 'gone'], { DATABASE_URL: database.url });
  expect(ran.code).toBe(1);
  expect(ran.errors).toMatch(/^There is no app "gone"; there are: .*there/);
});

test('a version that is not there is answered with those that are', async () => {
  await database.createApp('versions');
  const args = ['policy', 'show', '--app', 'versions', '--version', 'pol_x'];
  const ran = await runStipend(args, { DATABASE_URL: database.url });
  expect(ran.errors).toContain(`its newest are ${versionOf(referencePolicy)}`);
});

test('activate puts a file in force, asks before running periods change, and moves them when told to', async () => {
  const app = await database.createApp('activated');
  const file = fileOf(
    'version: 1\nplans: { free: { sessions: { per_month: 12 }, upgrade: { plan: Pro, price_text: $9, url: https://example.com } } }',
  );
  const args = ['policy', 'activate', file, '--app', app, '--database-url', database.url];
  const asked = await runStipend([...args, '--now']);
  expect(asked).toMatchObject({ code: 1, output: '' });
  expect(asked.errors).toContain('Repeat the command with --yes to do it.');
  const ran = await runStipend([...args, '--now', '--yes']);
  expect(ran.errors).toBe('');
  expect(ran.output).toMatch(
    /^Policy pol_\w+ is in force for activated; before it was pol_\w+\.\n0 running periods moved/,
  );
  expect((await runStipend(args)).output).toMatch(/was in force for activated already/);
});

test('check says which dimension binds, at full cost and at what the sessions of each plan cost', async () => {
  const app = await database.createApp('priced');
  const option = ['--database-url', database.url];
  const alone = await runStipend(['policy', 'check', 'examples/policy.yaml']);
  expect(alone.output).toContain('at full-cost sessions ($0.20) dollars bind: after 8 sessions, of 10 shown');
  const unknown = await runStipend(['policy', 'check', 'examples/policy.yaml', '--app', 'priced', ...option]);
  expect(unknown.output).toContain('no session of the plan free ended in the last 30 days');
  await costlySession(database.ledger, app, 'ada', 0.19);
  const priced = await runStipend(['policy', 'check', 'examples/policy.yaml', '--app', 'priced', ...option]);
  expect(priced.output).toContain(
    'at the median of the one session of the last 30 days ($0.19) dollars bind',
  );
  expect(priced.output).toContain(
    'warning: plans.free.budget.per_month: the 10 sessions shown cannot be reached',
  );
});

test('check warns of a knob that this version does not act on', async () => {
  const file = fileOf(
    'version: 1\nplans: { free: { upgrade: { plan: Pro, price_text: $9, url: https://example.com } } }\ngrowth: { streak: 5 }\n',
  );
  const { code, output } = await runStipend(['policy', 'check', file]);
  expect(code).toBe(0);
  expect(output).toContain('warning: growth.streak: is checked and kept, and not acted on by this version');
});

test('the commands of the README run as they are printed', async () => {
  await database.createApp('sandbox');
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const commands = [...readme.matchAll(/^npm run stipend -- (policy [^#\n]+)/gm)].map(([, args = '']) =>
    args.trim().split(' '),
  );
  expect(commands.map(([, command]) => command)).toEqual(['check', 'diff', 'activate']);
  for (const args of commands)
    expect(await runStipend(args, { DATABASE_URL: database.url })).toMatchObject({ code: 0, errors: '' });
});

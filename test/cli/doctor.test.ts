import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApi, startApi } from '../setup/product.ts';
import { runStipend } from './run-stipend.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.app();
});
afterAll(() => api.stop());

/** Nobody answers for Temporal here: the ledger project has no server. */
const nowhere = '127.0.0.1:1';
const doctor = (...args: string[]) =>
  runStipend([
    'doctor',
    '--temporal',
    nowhere,
    '--database-url',
    api.database.url,
    '--api',
    api.url,
    ...args,
  ]);

type Found = {
  readonly about: string;
  readonly level: string;
  readonly found: string;
  readonly fix: string | null;
};

async function findings(
  ...args: string[]
): Promise<{ code: number; found: (about: string) => Found | undefined }> {
  const { code, output } = await doctor('--json', ...args);
  const { findings: all } = JSON.parse(output) as { findings: Found[] };
  return { code, found: (about) => all.find((one) => one.about === about) };
}

test('a product that is well is said to be, and without Temporal it works with a warning', async () => {
  const { code, found } = await findings();
  expect(code).toBe(0);
  for (const about of ['Node', 'Postgres', 'clocks', 'migrations', 'workflows', 'messages', 'reviews', 'API'])
    expect(found(about), about).toMatchObject({ level: 'ok', fix: null });
  expect(found('Temporal')).toMatchObject({ level: 'warn', found: expect.stringContaining(nowhere) });
});

test('in words, each thing is a line, and what is wrong has its fix below', async () => {
  const { output } = await doctor();
  expect(output).toMatch(/^ok {4}Postgres: version \d+/m);
  expect(output).toMatch(/^WARN {2}Temporal: .*\n {6}Sessions are admitted all the same\./m);
});

test.each([
  [
    'a migration that is missing',
    `update migrations set name = 'another' where name = '0008_webhooks'`,
    `update migrations set name = '0008_webhooks' where name = 'another'`,
    'migrations',
    'fail',
    '0008_webhooks',
  ],
  [
    'a policy that this version cannot read',
    `update policies set document = document || '{"plans": {}}'`,
    '',
    'policy',
    'fail',
    'is not valid',
  ],
])('%s is found, with what mends it', async (_name, plant, undo, about, level, words) => {
  const { pool } = api.database.ledger;
  await pool.query(plant);
  const { code, output } = await doctor('--json');
  if (undo !== '') await pool.query(undo);
  const { findings: all } = JSON.parse(output) as { findings: Found[] };
  const found = all.find((one) => one.about.startsWith(about));
  expect(found).toMatchObject({ level, found: expect.stringContaining(words), fix: expect.any(String) });
  expect(code).toBe(1);
});

test.each([
  [['--api', 'http://127.0.0.1:1'], 'API', 'does not answer'],
  [['--database-url', 'postgres://nobody:x@127.0.0.1:1/none'], 'Postgres', ''],
])('with %j what does not answer is named', async (args, about, words) => {
  const { code, found } = await findings(...args);
  expect(code).toBe(1);
  expect(found(about)).toMatchObject({ level: 'fail', found: expect.stringContaining(words) });
});

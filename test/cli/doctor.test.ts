import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { newSecretKey } from '../../ledger/secret-keys.ts';
import { startMailServer } from '../setup/mail-server.ts';
import { testSecretKey } from '../setup/secret-keys.ts';
import { runStipend } from './run-stipend.ts';

let api: TestApi;
let app: TestApp;
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
});
afterAll(() => api.stop());

/** Nobody answers for Temporal here: the ledger project has no server. */
const nowhere = '127.0.0.1:1';
const doctorWith = (environment: Record<string, string>, ...args: string[]) =>
  runStipend(
    [
      'doctor',
      '--temporal',
      nowhere,
      '--wait',
      '1',
      '--database-url',
      api.database.url,
      '--api',
      api.url,
      ...args,
    ],
    environment,
  );
const doctor = (...args: string[]) => doctorWith({ STIPEND_SECRET_KEY: testSecretKey }, ...args);

type Found = {
  readonly about: string;
  readonly level: string;
  readonly found: string;
  readonly fix: string | null;
};

type Findings = { code: number; found: (about: string) => Found | undefined };

async function findingsWith(environment: Record<string, string>, ...args: string[]): Promise<Findings> {
  const { code, output } = await doctorWith(environment, '--json', ...args);
  const { findings: all } = JSON.parse(output) as { findings: Found[] };
  return { code, found: (about) => all.find((one) => one.about === about) };
}
const findings = (...args: string[]) => findingsWith({ STIPEND_SECRET_KEY: testSecretKey }, ...args);

test('a product that is well is said to be, and without Temporal it works with a warning', async () => {
  const { code, found } = await findings();
  expect(code).toBe(0);
  for (const about of [
    'Node',
    'Postgres',
    'clocks',
    'migrations',
    'workflows',
    'messages',
    'reviews',
    'secret key',
    'webhooks',
    'e-mail',
    'API',
  ])
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

describe('the secret key', () => {
  test('that is not set here is a warning, and one that is none a fault of its own, not of Postgres', async () => {
    const none = await findingsWith({});
    expect(none.found('secret key')).toMatchObject({
      level: 'warn',
      fix: expect.stringContaining('openssl'),
    });
    const broken = await findingsWith({ STIPEND_SECRET_KEY: 'hunter2' });
    expect(broken.code).toBe(1);
    expect(broken.found('secret key')).toMatchObject({
      level: 'fail',
      fix: expect.stringContaining('openssl'),
    });
    expect(broken.found('Postgres')).toMatchObject({ level: 'ok' });
  });

  test('that does not open what another sealed is found before a message fails', async () => {
    await app.call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/hook' });
    const other = newSecretKey();
    const wrong = await findingsWith({ STIPEND_SECRET_KEY: other });
    expect(wrong.code).toBe(1);
    expect(wrong.found('secret key')).toMatchObject({
      level: 'fail',
      found: 'the secrets of 1 of 1 webhooks were sealed with another key',
      fix: expect.stringContaining('STIPEND_SECRET_KEY=new,old'),
    });
    const rotated = await findingsWith({ STIPEND_SECRET_KEY: `${other},${testSecretKey}` });
    expect(rotated.found('secret key')).toMatchObject({
      level: 'warn',
      fix: expect.stringContaining('Restart a worker'),
    });
    expect((await findings()).found('secret key')).toMatchObject({ level: 'ok' });
  });
});

test('endpoints that are left alone are counted', async () => {
  await api.database.ledger.pool.query('update webhook_endpoints set failures = 5');
  expect((await findings()).found('webhooks')).toMatchObject({
    level: 'warn',
    found: '1 of 1 endpoints of webhooks do not take what they are sent',
  });
  await api.database.ledger.pool.query('update webhook_endpoints set failures = 0');
});

test('the mail server is asked where apps send e-mail, and no mail is sent for it', async () => {
  await api.app({
    ...referencePolicy,
    channels: { email: { enabled: true } },
  });
  const server = await startMailServer();
  const of = (url: string) => findingsWith({ STIPEND_SECRET_KEY: testSecretKey, SMTP_URL: url });
  expect((await of(server.url)).found('e-mail')).toMatchObject({
    level: 'ok',
    found: expect.stringContaining('takes our login'),
  });
  await server.stop();
  const away = await of(server.url);
  expect(away.found('e-mail')).toMatchObject({
    level: 'fail',
    found: expect.stringMatching(/ESOCKET|ECONN/),
  });
  expect(away.code).toBe(1);
});

test('a worker is asked whether it is ready, and its clock is compared', async () => {
  const answers = { status: 503, aheadMs: 60_000 };
  const worker = createServer((_request, response) => {
    response
      .writeHead(answers.status, { date: new Date(Date.now() + answers.aheadMs).toUTCString() })
      .end('not ready: Temporal does not answer\n');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => worker.once('listening', resolve));
  const url = `http://127.0.0.1:${(worker.address() as AddressInfo).port}`;
  const { code, found } = await findings('--worker', url);
  expect(code).toBe(1);
  expect(found('worker')).toMatchObject({
    level: 'fail',
    found: expect.stringContaining('Temporal does not answer'),
  });
  expect(found('clock of the worker')).toMatchObject({ level: 'warn', fix: expect.stringContaining('NTP') });
  answers.status = 200;
  answers.aheadMs = 0;
  const well = await findings('--worker', url);
  expect(well.found('worker')).toMatchObject({ level: 'ok', fix: null });
  expect(well.found('clock of the worker')).toBeUndefined();
  worker.close();
});

test('what was not named is said not to have been looked at', async () => {
  expect((await findings()).found('worker')).toMatchObject({
    found: 'was not looked at',
    fix: 'Name it with --worker to look.',
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApi, type TestApp, request, startApi } from '../setup/product.ts';
import { testSecretKey } from '../setup/secret-keys.ts';
import { runStipend } from './run-stipend.ts';

let api: TestApi;
let app: TestApp;
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
});
afterAll(() => api.stop());

const stipend = (...args: string[]) =>
  runStipend([...args, '--database-url', api.database.url], { STIPEND_SECRET_KEY: testSecretKey });
const ofApp = (...args: string[]) => stipend(...args, '--app', app.id);
const works = async (key: string): Promise<boolean> =>
  (await request(`${api.url}/v1/users/ada/usage`, 'GET', key)).status === 404;

describe('stipend key', () => {
  test('makes a key, lists it without its secret, rotates and revokes it', async () => {
    const made = await ofApp('key', 'create', '--scope', 'app', '--name', 'nightly job', '--expires', 'P30D');
    expect(made).toMatchObject({ code: 0, errors: expect.stringContaining('shown once') });
    const secret = made.output.trim();
    expect(await works(secret)).toBe(true);
    const listed = (await ofApp('key', 'list')).output;
    expect(listed).not.toContain(secret);
    const line = listed.split('\n').find((one) => one.includes('nightly job')) ?? '';
    expect(line).toMatch(/until \d{4}-/);
    const [id = ''] = line.split(' ');
    const rotated = await ofApp('key', 'rotate', id, '--overlap', 'PT1H');
    expect(await works(rotated.output.trim())).toBe(true);
    expect(rotated.errors).toContain('The key before it works until');
    expect((await ofApp('key', 'revoke', id)).code).toBe(0);
    expect((await ofApp('key', 'revoke', id)).errors).toContain('`stipend key list` shows those there are');
  });

  test('makes, lists, rotates and revokes keys of administrators, which no app has', async () => {
    const made = await stipend('key', 'create', '--admin', '--name', 'of maya', '--expires', 'P90D');
    const admits = async (key: string) =>
      (await request(`${api.url}/v1/apps/${app.id}/keys`, 'GET', key)).status;
    expect(await admits(made.output.trim())).toBe(200);
    const line = (await stipend('key', 'list', '--admin')).output
      .split('\n')
      .find((one) => one.includes('of maya'));
    expect(line).toMatch(/ admin +until \d{4}-.* \d{4}-.* of maya$/);
    expect((await ofApp('key', 'list')).output).not.toContain('of maya');
    const [id = ''] = (line ?? '').split(' ');
    const rotated = await stipend('key', 'rotate', id, '--admin', '--overlap', 'PT1H');
    expect(await admits(rotated.output.trim())).toBe(200);
    expect((await ofApp('key', 'revoke', id)).errors).toContain(`The app has no key "${id}"`);
    expect((await stipend('key', 'revoke', id, '--admin')).code).toBe(0);
    expect((await stipend('key', 'revoke', id, '--admin')).errors).toContain('`stipend key list --admin`');
    expect((await stipend('audit', '--act', 'key', '--subject', id)).output).toMatch(/key\.rotate/);
  });

  test.each([
    [['key', 'list', '--admin'], '--admin keys belong to no app; leave --app out.'],
    [['key', 'create', '--admin', '--scope', 'app'], '--admin is a scope of its own'],
    [['key', 'create', '--scope', 'root'], '--scope "root" is none; write app, growth or both.'],
    [['key', 'create', '--expires', 'soon'], 'write one such as PT24H'],
  ])('%j is refused in a sentence', async (args, sentence) => {
    const ran = await ofApp(...args);
    expect(ran).toMatchObject({ code: 1, output: '' });
    expect(ran.errors).toContain(sentence);
  });
});

describe('stipend webhook and delivery', () => {
  test('add an endpoint, send it a test, list what became of it, send it again, and remove it', async () => {
    const added = await ofApp('webhook', 'add', 'http://127.0.0.1:9/hook', '--event', 'review.due');
    const [id = '', secret = ''] = added.output.trim().split(' ');
    expect(secret).toMatch(/^whsec_/);
    const listed = (await ofApp('webhook', 'list')).output;
    expect(listed).toContain('review.due');
    expect(listed).not.toContain(secret);
    const { output: delivery } = await ofApp('webhook', 'test', id);
    expect((await ofApp('delivery', 'list', '--status', 'pending')).output).toContain(delivery.trim());
    expect((await ofApp('delivery', 'resend', delivery.trim())).code).toBe(0);
    expect((await ofApp('webhook', 'rotate', id)).output).toMatch(/^whsec_/);
    expect((await ofApp('webhook', 'remove', id)).code).toBe(0);
    expect((await ofApp('delivery', 'list', '--status', 'failed')).output).toContain(
      'the endpoint was removed',
    );
  });

  test('change an endpoint: what is left out stays, and what is switched off is sent nothing', async () => {
    const added = await ofApp('webhook', 'add', 'http://127.0.0.1:9/one', '--event', 'review.due');
    const [id = ''] = added.output.trim().split(' ');
    const moved = await ofApp('webhook', 'change', id, '--url', 'http://127.0.0.1:9/two', '--disable');
    expect(moved.output.trim()).toBe(`${id} off review.due http://127.0.0.1:9/two`);
    const on = await ofApp('webhook', 'change', id, '--event', 'allowance.reset', '--enable');
    expect(on.output.trim()).toBe(`${id} on allowance.reset http://127.0.0.1:9/two`);
    expect((await ofApp('audit', '--act', 'webhook.change', '--subject', id)).output).toContain('/two');
    expect((await ofApp('webhook', 'remove', id)).code).toBe(0);
  });

  test.each([
    [['whe_none', '--disable'], 'The app has no endpoint "whe_none"'],
    [['whe_none'], 'Say what is to change: --url, --event, --enable or --disable.'],
    [['whe_none', '--enable', '--disable'], 'not both'],
    [['whe_none', '--event', 'everything'], '--event "everything" is none'],
  ])('webhook change %j is refused in a sentence', async (args, sentence) => {
    const ran = await ofApp('webhook', 'change', ...args);
    expect(ran).toMatchObject({ code: 1, output: '' });
    expect(ran.errors).toContain(sentence);
  });

  test('refuse an address that nothing may be sent to, and an event that is none', async () => {
    expect((await ofApp('webhook', 'add', 'http://169.254.169.254/latest')).code).toBe(1);
    const ran = await ofApp('webhook', 'add', 'http://127.0.0.1:9/hook', '--event', 'everything');
    expect(ran.errors).toContain('--event "everything" is none; there are allowance.nudge');
  });
});

test('stipend audit tells who did what by this command, as lines or JSON', async () => {
  await ofApp('key', 'create', '--name', 'for the audit');
  const { output } = await ofApp('audit', '--act', 'key.issue');
  expect(output).toMatch(/stipend command, \w+ +key\.issue .*for the audit/);
  const [first = '{}'] = (await ofApp('audit', '--act', 'key', '--json')).output.split('\n');
  expect(JSON.parse(first)).toMatchObject({ app: app.id, act: 'key.issue' });
  const before = await ofApp('audit', '--act', 'key', '--until', '2020-01-01', '--json');
  expect(before.output.trim()).toBe('');
  expect((await ofApp('audit', '--act', 'key', '--since', '2020-01-01')).output).toContain('key.issue');
  expect((await ofApp('audit', '--since', 'yesterday')).errors).toContain('--since "yesterday" is no time');
});

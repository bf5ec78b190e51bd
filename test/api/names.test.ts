import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { type Reply, type TestApi, type TestApp, request, startApi } from '../setup/product.ts';

let api: TestApi;
let app: TestApp;
let admin: string;
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
  await app.call('PUT', '/v1/users/ada', {});
  const { pool } = api.database.ledger;
  admin = (await issueApiKey(pool, { appId: null, mode: 'live', scopes: ['admin'] })).secret;
});
afterAll(() => api.stop());

const upgrade = {
  plan: 'Pro',
  price_text: '$12.50 a month',
  url: 'https://example.com/upgrade',
  benefits: ['More'],
};
const makeApp = (body: object, name = 'free') => {
  const plans = { [name]: { ...referencePolicy.plans['free'], upgrade: { ...upgrade, ...body } } };
  const policy = { ...referencePolicy, default_plan: name, plans };
  return request(`${api.url}/v1/apps`, 'POST', admin, { name: 'an app', mode: 'sandbox', policy });
};

async function written(): Promise<unknown> {
  const { rows } = await api.database.ledger.pool.query(
    'select (select count(*) from apps) as apps, (select count(*) from accounts) as accounts, (select count(*) from user_events) as events, (select count(*) from commands) as commands',
  );
  return rows[0];
}

async function expectRefusedAt(place: string, send: () => Promise<Reply>): Promise<void> {
  const before = await written();
  const reply = await send();
  expect(reply.status, JSON.stringify(reply.body)).toBe(400);
  const places = reply.body.errors.map((error: any) => error.pointer ?? error.parameter);
  expect([...new Set(places)]).toEqual([place]);
  expect(await written()).toEqual(before);
}

const turning = [
  ['U+202E, which turns what follows', 'Pro\u202Eorp'],
  ['U+202D, which holds a direction', '\u202DPro'],
  ['U+202A, which embeds', 'Pro\u202A'],
  ['U+2067, which isolates and does not end', 'Pro\u2067eerf'],
] as const;
const controls = [
  ['NUL', 'Pro\u0000'],
  ['an escape sequence', '\u001b[31mPro'],
  ['U+0085, a next line', 'Pro\u0085Bcc:'],
  ['a lone surrogate', 'Pro\ud800'],
  ['10 kB', 'P'.repeat(10_000)],
] as const;
const lines = [
  ['CR LF', 'Pro\r\nBcc: eve@example.com'],
  ['LF', 'Pro\nmore'],
  ['a tab', 'Pro\tmore'],
  ['U+2028, a line separator', 'Pro\u2028more'],
  ['U+2029, a paragraph separator', 'Pro\u2029more'],
] as const;

describe.each([...turning, ...controls, ...lines])('a name with %s', (_what, name) => {
  test('is refused for an app and for a paid plan, by name', async () => {
    await expectRefusedAt('/name', () =>
      request(`${api.url}/v1/apps`, 'POST', admin, { name, mode: 'sandbox' }),
    );
    await expectRefusedAt('/plan', () =>
      app.call('POST', '/v1/users/ada/events', { event: 'upgraded', plan: name }),
    );
  });

  test('is refused for a plan of the policy, by name', () =>
    expectRefusedAt(`/policy/plans/${name}`, () => makeApp({}, name)));
});

test.each([...turning, ...controls, ...lines].filter(([what]) => what !== 'a lone surrogate'))(
  'an id of a user with %s is refused, by name',
  (_what, id) => expectRefusedAt('user', () => app.call('PUT', `/v1/users/${encodeURIComponent(id)}`, {})),
);

describe.each([...turning, ...controls])('words of the policy with %s', (_what, words) => {
  const place = '/policy/plans/free/upgrade';
  test.each([
    [`${place}/plan`, { plan: words }],
    [`${place}/price_text`, { price_text: words }],
    [`${place}/benefits/1`, { benefits: ['More', words] }],
    [`${place}/translations/de/price_text`, { translations: { de: { price_text: words } } }],
    [`${place}/translations/es/benefits/0`, { translations: { es: { benefits: [words] } } }],
  ])('are refused at %s', (pointer, body) => expectRefusedAt(pointer, () => makeApp(body)));
});

test.each(lines)('words of the policy with %s are read as one line', async (_what, words) => {
  const made = await makeApp({ plan: words, price_text: words, benefits: [words] });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { body } = await request(`${api.url}/v1/users/ada/sessions`, 'POST', made.body.keys.app, {});
  const line = words.replace(/\s+/, ' ');
  expect(body.usage.upgrade).toMatchObject({ plan: line, price_text: line, benefits: [line] });
  expect(body.usage.message).not.toMatch(/[\r\n\t\u2028\u2029]/);
});

test.each([
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'java\nscript:alert(1)',
  ' javascript:alert(1)',
  '\u0001javascript:alert(1)',
  'javascript://example.com/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'ftp://example.com/',
  'blob:https://example.com/1',
  'view-source:https://example.com/',
  '//example.com/upgrade',
  '/upgrade',
  'upgrade',
  'https://',
  'https://exa mple.com/',
  'https://example.com/\r\nX: y',
  'https://example.com/ onclick=alert(1)',
  'https://example.com/\u0000',
  'https://example.com/\u202Eedargpu',
])('the button of a mail never leads to %j: upgrade.url is refused, by name', (url) =>
  expectRefusedAt('/policy/plans/free/upgrade/url', () => makeApp({ url })),
);

test('the button of a mail never leads to an address of 2,001 characters', () =>
  expectRefusedAt('/policy/plans/free/upgrade/url', () =>
    makeApp({ url: `https://example.com/${'x'.repeat(1_981)}` }),
  ));

test('names of every language, with joiners and marks of direction, are names: the tables above could fail', async () => {
  const name = 'Профи 专业版 برو\u200F & <b>Söhne</b> 👩\u200D💻';
  const made = await makeApp({ plan: name, price_text: '12,50\u00A0€', benefits: [name] });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect((await request(`${api.url}/v1/apps`, 'POST', admin, { name, mode: 'sandbox' })).body.app.name).toBe(
    name,
  );
  const upgraded = await app.call('POST', '/v1/users/ada/events', { event: 'upgraded', plan: name });
  expect(upgraded.body.usage.message).toContain(name);
});

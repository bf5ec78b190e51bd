import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../api/routes.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { badAddresses, badNames } from '../domain/mail/bad-addresses.ts';
import { type Reply, type TestApi, type TestApp, request, startApi } from '../setup/product.ts';
import { fieldsOf } from './schema-fields.ts';

let api: TestApi;
let app: TestApp;
let admin: string;
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
  await app.call('PUT', '/v1/users/ada', { email: 'ada@example.com' });
  const issued = await issueApiKey(api.database.ledger.pool, {
    appId: null,
    mode: 'live',
    scopes: ['admin'],
  });
  admin = issued.secret;
});
afterAll(() => api.stop());

const register = (email: unknown) => app.call('PUT', '/v1/users/ada', { email });
const makeApp = (email: object) =>
  request(`${api.url}/v1/apps`, 'POST', admin, {
    name: 'an app',
    mode: 'sandbox',
    policy: { ...referencePolicy, channels: { email: { enabled: true, ...email } } },
  });

async function written(): Promise<unknown> {
  const { rows } = await api.database.ledger.pool.query(
    'select (select jsonb_agg(email) from accounts) as addresses, (select count(*) from apps) as apps, (select count(*) from policies) as policies',
  );
  return rows[0];
}

async function expectRefusedAt(pointer: string, send: () => Promise<Reply>): Promise<void> {
  const before = await written();
  const reply = await send();
  expect(reply.status, JSON.stringify(reply.body)).toBe(400);
  expect(reply.headers.get('content-type')).toContain('application/problem+json');
  const places = reply.body.errors.map((error: { pointer: string }) => error.pointer);
  expect([...new Set(places)]).toEqual([pointer]);
  expect(reply.body.detail).toContain(pointer.slice(1).replaceAll('/', '.'));
  expect(await written()).toEqual(before);
}

test('the tables below are of every field that takes an address', () => {
  const isAddress = (path: string) => /mail|reply|sender|recipient/.test(path) && !path.includes('quiet');
  const found = routes.flatMap(({ operation, body, query }) =>
    [body, query].flatMap((schema) =>
      (schema === undefined ? [] : fieldsOf(schema))
        .filter(({ types }) => types.has('string') || types.size === 0)
        .map(({ path }) => `${operation} ${path.join('.')}`)
        .filter(isAddress),
    ),
  );
  expect(found).toEqual([
    'putUser email',
    'createApp policy.channels.email.from',
    'createApp policy.channels.email.reply_to',
  ]);
});

describe.each(badAddresses)('%s, as an address', (_trick, address) => {
  test('is refused for a user, by name', () => expectRefusedAt('/email', () => register(address)));

  test('is refused for the sender and for where answers go, by name', async () => {
    const channel = '/policy/channels/email';
    await expectRefusedAt(`${channel}/reply_to`, () => makeApp({ reply_to: address }));
    await expectRefusedAt(`${channel}/from`, () => makeApp({ from: `Example <${address}>` }));
  });
});

test.each(badNames)('%s, as the name of a sender, is refused by name', (_trick, name) =>
  expectRefusedAt('/policy/channels/email/from', () => makeApp({ from: `${name} <hello@example.com>` })),
);

test.each([
  ['a name before it', 'Ada <ada@example.com>'],
  ['angle brackets', '<ada@example.com>'],
  ['a list', ['ada@example.com', 'eve@example.com']],
  ['an object', { address: 'ada@example.com' }],
  ['a number', 7],
])('an address of a user with %s is refused, by name', (_what, email) =>
  expectRefusedAt('/email', () => register(email)),
);

test.each(['ada+free@mail.example.co.uk', 'A.D-A_99@example.com', `${'a'.repeat(64)}@example.com`])(
  '%s is a user’s address and where answers go: the tables above could fail',
  async (address) => {
    expect((await register(address)).status).toBe(200);
    expect((await makeApp({ from: `Example <${address}>`, reply_to: address })).status).toBe(201);
  },
);

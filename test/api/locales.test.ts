import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../api/routes.ts';
import { badLocales } from '../domain/messages/bad-locales.ts';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';
import { fieldsOf } from './schema-fields.ts';

let api: TestApi;
let app: TestApp;
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
});
afterAll(() => api.stop());

const accounts = async () =>
  (await api.database.ledger.pool.query('select user_id, locale, version from accounts order by 1')).rows;
const register = (locale: unknown, user = 'ada') => app.call('PUT', `/v1/users/${user}`, { locale });

test('the table below is of every field that takes a locale', () => {
  const found = routes.flatMap(({ operation, body, query, params }) =>
    [body, query, params].flatMap((schema) =>
      (schema === undefined ? [] : fieldsOf(schema))
        .map(({ path }) => `${operation} ${path.join('.')}`)
        .filter((path) => /locale|lang/i.test(path)),
    ),
  );
  expect(found).toEqual(['putUser locale']);
});

test.each<readonly [string, unknown]>([
  ...badLocales,
  ['null', null],
  ['a number', 7],
  ['a list of tags', ['de', 'en']],
  ['an object', { language: 'de' }],
])('%s as a locale is refused, by name, and writes nothing', async (_what, tag) => {
  await register('de');
  const before = await accounts();
  for (const user of ['ada', 'nobody-yet']) {
    const { status, body, headers } = await register(tag, user);
    expect(status, JSON.stringify(body)).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.errors).toMatchObject([{ in: 'body', pointer: '/locale' }]);
    expect(body.detail).toMatch(/^locale: /);
  }
  expect(await accounts()).toEqual(before);
});

test.each([
  ['de', 'de'],
  ['DE-at', 'de'],
  ['es-419', 'es'],
  ['de-Latn-CH-1996', 'de'],
  ['de-ZZ', 'de'],
  ['en-999', 'en'],
  ['pt-BR', 'en'],
  ['zz', 'en'],
  ['qaa-Qaaa-QM', 'en'],
  ['deu', 'en'],
])('a user with the well-formed locale %s is told in %s', async (tag, language) => {
  const words = { de: 'KI-Sitzungen', es: 'sesiones de IA', en: 'AI sessions' } as const;
  const { status, body } = await register(tag, `user-${tag}`);
  expect([status, body.language]).toEqual([200, language]);
  expect(body.message).toContain(words[language as keyof typeof words]);
});

describe.each([
  'es',
  'es-ES,es;q=0.9,en;q=0.8',
  'xx-klingon',
  '*',
  '',
  ';;q=,,=',
  'de_AT.UTF-8',
  '"><script>alert(1)</script>',
  `es${'-ES'.repeat(1_000)}`,
])('with Accept-Language %.40j', (accepted) => {
  const headers = { 'accept-language': accepted };

  test('a user is told in the language of the account, and the language stays', async () => {
    await register('de', 'grete');
    const asked = [
      await app.call('GET', '/v1/users/grete/usage', undefined, headers),
      await app.call('PUT', '/v1/users/grete', {}, headers),
      await app.call('POST', '/v1/users/grete/sessions', {}, headers),
    ];
    for (const { status, body } of asked) {
      expect(status < 500, JSON.stringify(body)).toBe(true);
      expect((body.usage ?? body).language).toBe('de');
    }
    const session = asked[2]?.body.session?.id;
    if (session !== undefined) await app.call('POST', `/v1/sessions/${session}/end`);
  });

  test('a user of no locale is told in English', async () => {
    const user = `of-no-locale-${accepted.length}`;
    const { body } = await app.call('PUT', `/v1/users/${user}`, {}, headers);
    expect(body).toMatchObject({ language: 'en', message: expect.stringContaining('AI sessions') });
  });

  test('problems are told in English, as the documents are', async () => {
    const plain = await app.call('PUT', '/v1/users/ada', { locale: '' });
    expect((await app.call('PUT', '/v1/users/ada', { locale: '' }, headers)).body).toEqual(plain.body);
  });
});

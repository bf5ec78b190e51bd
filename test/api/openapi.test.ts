import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../api/openapi/document.ts';
import { routes } from '../../api/routes.ts';

type Answer = { readonly description: string; readonly content?: Readonly<Record<string, object>> };

const document = openApiDocument(routes);
const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, { responses: Record<string, Answer> }>).map(
    ([method, { responses }]) => ({ operation: `${method} ${path}`, responses }),
  ),
);
const problem = { $ref: '#/components/schemas/Problem' };
const refused = { $ref: '#/components/schemas/Refused' };

describe('the OpenAPI document', () => {
  test('has every route', () => {
    expect(operations).toHaveLength(routes.length);
  });

  test.each(operations)(
    'says of $operation that an address of many wrong keys must wait',
    ({ responses }) => {
      expect(responses['429']?.description).toContain('Too many keys from this address were wrong');
      expect(JSON.stringify(responses['429']?.content?.['application/problem+json'])).toContain(problem.$ref);
    },
  );

  test.each(['403', '429'])(
    'has both where a refusal and a problem are told with one status: %s',
    (status) => {
      const { responses } = operations.find(
        ({ operation }) => operation === 'post /v1/users/{user}/sessions',
      )!;
      expect(responses[status]?.description).toMatch(/^Refused until .*; or: /);
      expect(responses[status]?.content?.['application/problem+json']).toEqual({
        schema: { anyOf: [refused, problem] },
      });
    },
  );

  test('says what a problem without a schema of the route’s own looks like, and only once', () => {
    const { responses } = operations.find(({ operation }) => operation === 'get /v1/users/{user}/limits')!;
    expect(responses['404']).toEqual({
      description: 'There is no such thing',
      content: { 'application/problem+json': { schema: problem } },
    });
  });
});

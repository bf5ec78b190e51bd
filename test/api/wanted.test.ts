import { expect, test } from 'vitest';
import { z } from 'zod';
import { usageRequest } from '../../api/contract/usage-event.ts';
import { fromZod } from '../../api/problems/from-zod.ts';
import { wanted } from '../../api/problems/wanted.ts';

function told(schema: z.ZodType, value: unknown): readonly string[] {
  const parsed = schema.safeParse(value, { error: wanted });
  if (parsed.success) throw new Error('it fits');
  const { errors = [] } = fromZod('body', parsed.error).toDocument();
  return errors.map(({ pointer, message }) => `${pointer} ${message}`);
}

const field = (schema: z.ZodType) => z.strictObject({ a: schema });

test.each<[string, z.ZodType, unknown, string]>([
  ['text that is missing', z.string(), undefined, 'is missing: must be text'],
  ['a number for text', z.string(), 3, 'must be text, not 3'],
  ['text for a number', z.number(), 'secret', 'must be a number, not text'],
  ['nothing for a number', z.number(), null, 'must be a number, not null'],
  ['half a token', z.int(), 1.5, 'must be a whole number, not 1.5'],
  ['beyond what is counted', z.int(), 2 ** 60, 'must be at most 9,007,199,254,740,991'],
  ['less than there may be', z.int().min(1).max(10_000), 0, 'must be at least 1'],
  ['more than there may be', z.int().min(1).max(10_000), 10_001, 'must be at most 10,000'],
  ['far more than there may be', z.int().min(1).max(10_000), 1e308, 'must be at most 10,000'],
  ['no number in a query', z.coerce.number(), 'x', 'must be a number'],
  ['a word for a flag', z.boolean(), 'yes', 'must be true or false, not text'],
  ['another word', z.enum(['approve', 'reject']), 'maybe', 'must be one of approve, reject'],
  ['no word', z.enum(['approve', 'reject']), undefined, 'is missing: must be one of approve, reject'],
  ['one word alone', z.literal('grant'), 'gift', 'must be grant'],
  ['an empty list', z.array(z.int()).min(1), [], 'must hold at least 1 entry'],
  ['a long list', z.array(z.int()).max(2), [1, 2, 3], 'must hold at most 2 entries'],
  ['an object for a list', z.array(z.int()), {}, 'must be a list, not an object'],
  ['a list for an object', z.record(z.string(), z.string()), [], 'must be an object, not a list'],
  ['empty text', z.string().min(1), '', 'must not be empty'],
  ['short text', z.string().min(3), 'ab', 'must be at least 3 characters long'],
  ['long text', z.string().max(3), 'abcd', 'must be at most 3 characters long'],
])('%s: the field, and what it must be', (_what, schema, value, message) => {
  expect(told(field(schema), { a: value })).toEqual([`/a ${message}`]);
});

test('a field’s own words rule, and a name that may not be one is told by what names are', () => {
  expect(told(field(z.string('must be a colour')), { a: 1 })).toEqual(['/a must be a colour']);
  const facts = z.record(z.string().regex(/^[a-z]+$/, 'names are lower case letters'), z.string());
  expect(told(field(facts), { a: { B: 'x' } })).toEqual(['/a/B names are lower case letters']);
});

test('no way that a value could have fitted is left out, nor a choice that names none', () => {
  expect(told(field(z.union([z.int(), z.boolean()])), { a: 'x' })).toEqual([
    '/a must be a number, not text',
    '/a must be true or false, not text',
  ]);
  expect(told(field(z.union([z.ipv4(), z.ipv6()], 'must be an IP address')), { a: '999' })).toEqual([
    '/a must be an IP address',
  ]);
  const kinds = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('a') })]);
  expect(told(field(kinds), { a: { kind: 'b' } })).toHaveLength(1);
});

test('tokens below zero are told as that, and not as fewer than their parts', () => {
  const event = { id: 'e', model: 'm', input_tokens: -1, output_tokens: -1 };
  expect(told(usageRequest, event)).toEqual([
    '/input_tokens must be at least 0',
    '/output_tokens must be at least 0',
  ]);
});

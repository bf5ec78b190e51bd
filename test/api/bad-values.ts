import type { Field } from './schema-fields.ts';

/** `refused`: no such value is ever valid there. `text`: valid where any text is, so it must be kept as it is, or refused. */
export type BadValue = {
  readonly name: string;
  readonly value: unknown;
  readonly expects: (field: Field) => 'refused' | 'either' | 'skip';
};

const isNumber = ({ types }: Field): boolean => types.has('number') || types.has('integer');
const isText = ({ types }: Field): boolean => types.has('string');
/** Fields that a transform hides from JSON Schema say nothing of themselves. */
const isKnown = ({ types }: Field): boolean => types.size > 0;

const unlessText = (field: Field) => (!isKnown(field) || isText(field) ? 'either' : 'refused');
const freeText = (field: Field) => (isText(field) && !field.isFormed ? 'either' : unlessText(field));

export const badValues: readonly BadValue[] = [
  { name: 'missing', value: undefined, expects: (field) => (field.isRequired ? 'refused' : 'skip') },
  {
    name: 'null',
    value: null,
    expects: (field) => (field.isNullable || !isKnown(field) ? 'either' : 'refused'),
  },
  {
    name: 'an array',
    value: [[]],
    expects: (field) => (field.types.has('array') || !isKnown(field) ? 'either' : 'refused'),
  },
  {
    name: 'an object',
    value: { a: { b: 1 } },
    expects: (field) => (field.types.has('object') || !isKnown(field) ? 'either' : 'refused'),
  },
  {
    name: 'a flag',
    value: true,
    expects: (field) => (field.types.has('boolean') || !isKnown(field) ? 'either' : 'refused'),
  },
  { name: 'negative', value: -1, expects: () => 'refused' },
  { name: 'NaN', value: 'NaN', expects: freeText },
  { name: '1e308', value: 1e308, expects: () => 'refused' },
  { name: '2^53', value: 2 ** 53, expects: () => 'refused' },
  {
    name: 'half',
    value: 0.5,
    expects: (field) =>
      isNumber(field) && !field.types.has('integer') ? 'either' : isKnown(field) ? 'refused' : 'either',
  },
  {
    name: 'empty',
    value: '',
    expects: (field) => (isText(field) && !field.mayBeEmpty ? 'refused' : unlessText(field)),
  },
  { name: '10 kB', value: 'x'.repeat(10_000), expects: () => 'refused' },
  { name: 'control characters', value: 'a\u0000b\u001b[31m', expects: () => 'refused' },
  { name: 'SQL', value: "'; drop table accounts; --", expects: freeText },
  { name: '__proto__', value: '__proto__', expects: freeText },
  { name: 'constructor', value: 'constructor', expects: freeText },
  { name: 'homoglyphs', value: '\u0430d\u0430', expects: freeText },
  { name: 'a lone surrogate', value: 'a\ud800b', expects: () => 'refused' },
];

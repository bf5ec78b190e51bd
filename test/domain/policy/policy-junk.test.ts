import { expect, test } from 'vitest';
import { policyDocument } from '../../../domain/policy/document.ts';
import { checkPolicy, faultInWords } from '../../../domain/policy/faults.ts';
import { policyFindings } from '../../../domain/policy/findings.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { at } from '../an-account.ts';

const price = { input_per_million: 1, output_per_million: 1 };
const whole = policyDocument.parse({
  ...referencePolicy,
  prices: { models: { m: price }, fallback: price },
  growth: { offer: {} },
});

const isSection = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every knob and every section, by its path. */
const places = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  isSection(value)
    ? [path, ...Object.entries(value).flatMap(([name, inner]) => places(inner, [...path, name]))]
    : [path];

function replaced(value: unknown, [name, ...path]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  return isSection(value) ? { ...value, [name]: replaced(value[name], path, by) } : value;
}

const junk: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  0.5,
  Number.NaN,
  Infinity,
  1e308,
  2 ** 53,
  '',
  '1 day',
  'P1Y',
  'PT0S',
  '200%',
  ' ',
  'x'.repeat(10_000),
  '\u0000',
  '__proto__',
  [],
  [[]],
  {},
  { constructor: 1 },
];

test.each(places(whole).map((path) => [path.join('.') || 'the policy', path] as const))(
  '%s: whatever stands there is taken as a policy or told as a mistake in one line',
  (_name, path) => {
    for (const value of junk) {
      const checked = checkPolicy(replaced(whole, path, value));
      if (checked.policy === null) {
        expect(checked.faults.length).toBeGreaterThan(0);
        for (const fault of checked.faults) expect(faultInWords(fault, null)).toMatch(/^[^\n]+: [^\n]+$/);
      } else {
        policyFindings(checked.policy, null, at('2026-11-25T12:00:00Z'));
      }
    }
  },
);

import { expect, test } from 'vitest';
import { canonicalText } from '../../../domain/policy/canonical.ts';
import { type PolicyDocument, policyDocument } from '../../../domain/policy/document.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';

const reversed = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, reversed(part as unknown)]);
  return Object.fromEntries(entries.toReversed()) as Value;
};

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
const withFree = (change: object): PolicyDocument => ({
  ...referencePolicy,
  plans: { free: { ...free, ...change } },
});

test('the order of keys does not make another version', () => {
  const other = reversed(referencePolicy);
  expect(JSON.stringify(other)).not.toBe(JSON.stringify(referencePolicy));
  expect(canonicalText(other)).toBe(canonicalText(referencePolicy));
  const plans = { free, pro: free };
  expect(canonicalText({ ...referencePolicy, plans: reversed(plans) })).toBe(
    canonicalText({ ...referencePolicy, plans }),
  );
});

test('defaults written out or left out are the same version', () => {
  expect(canonicalText(policyDocument.parse(referencePolicy))).toBe(canonicalText(referencePolicy));
  expect(canonicalText(withFree({ sessions: {}, budget: {}, degrade: undefined }))).toBe(
    canonicalText(referencePolicy),
  );
});

test('20% and 20 are the same version', () => {
  expect(canonicalText(withFree({ budget: { ...free.budget, buffer: 20 } }))).toBe(
    canonicalText(referencePolicy),
  );
});

test('every other number is another version, and so is another order of models', () => {
  const versions = [
    referencePolicy,
    withFree({ sessions: { per_day: 4 } }),
    withFree({ sessions: { per_day: null } }),
    withFree({ budget: { buffer: '21%' } }),
    withFree({ models: { standard: ['a', 'b'], economy: ['c'] } }),
    withFree({ models: { standard: ['b', 'a'], economy: ['c'] } }),
    { ...referencePolicy, risk: { watch: 31 } },
  ].map(canonicalText);
  expect(new Set(versions).size).toBe(versions.length);
});

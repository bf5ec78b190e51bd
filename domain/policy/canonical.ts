import { type PolicyDocument, policyDocument } from './document.ts';

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
};

/**
 * What a policy says, as one text: the same for every order of its keys, with defaults written out or left out, and with
 * 20% or 20. Lists keep their order, which means something.
 */
export const canonicalText = (document: PolicyDocument): string =>
  JSON.stringify(sorted(policyDocument.parse(document)));

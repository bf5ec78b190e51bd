import type { ParsedPolicy } from './document.ts';

/** One knob that two policies turn differently; null: one of them has none. */
export type KnobChange = { readonly path: string; readonly from: string | null; readonly to: string | null };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const inWords = (value: unknown): string => (value === null ? 'none' : JSON.stringify(value));

/** Every knob of a policy by its path, in the order of the document. */
function knobsOf(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (!isRecord(value)) return [[path, inWords(value)]];
  return Object.entries(value).flatMap(([name, inner]) =>
    knobsOf(inner, path === '' ? name : `${path}.${name}`),
  );
}

/** What changes from one policy to another, knob by knob; plans that come or go are changes of all their knobs. */
export function policyDiff(from: ParsedPolicy, to: ParsedPolicy): readonly KnobChange[] {
  const before = new Map(knobsOf(from, ''));
  const after = new Map(knobsOf(to, ''));
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, from: before.get(path) ?? null, to: after.get(path) ?? null }))
    .filter((change) => change.from !== change.to);
}

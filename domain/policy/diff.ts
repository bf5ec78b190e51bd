import type { ParsedPolicy } from './document.ts';

/** One knob that two policies turn differently; a value is undefined where that policy has no such knob. */
export type KnobChange = {
  readonly path: readonly string[];
  readonly from: unknown;
  readonly to: unknown;
};

export type PolicyDiff = {
  readonly changes: readonly KnobChange[];
  /** Plans that only the older policy has, and that only the newer one has: their knobs are no changes. */
  readonly dropped: readonly string[];
  readonly added: readonly string[];
};

type Section = Readonly<Record<string, unknown>>;

export const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valueOf = (section: Section, name: string): unknown =>
  Object.hasOwn(section, name) ? section[name] : undefined;

/** A section that comes or goes is one change, not one a knob. */
function changesOf(from: unknown, to: unknown, path: readonly string[]): readonly KnobChange[] {
  if (!isSection(from) || !isSection(to))
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) =>
    changesOf(valueOf(from, name), valueOf(to, name), [...path, name]),
  );
}

function without(policy: ParsedPolicy, plans: readonly string[]): ParsedPolicy {
  const kept = Object.entries(policy.plans).filter(([name]) => !plans.includes(name));
  return { ...policy, plans: Object.fromEntries(kept) };
}

const only = (policy: ParsedPolicy, other: ParsedPolicy): string[] =>
  Object.keys(policy.plans).filter((name) => !Object.hasOwn(other.plans, name));

/** What changes from one policy to another, knob by knob in the order of the document, and which plans come and go. */
export function policyDiff(from: ParsedPolicy, to: ParsedPolicy): PolicyDiff {
  const dropped = only(from, to);
  const added = only(to, from);
  return { changes: changesOf(without(from, dropped), without(to, added), []), dropped, added };
}

/** Every knob of a policy, in the order of the document. */
export const knobsOf = (
  value: unknown,
  path: readonly string[] = [],
): readonly { readonly path: readonly string[]; readonly value: unknown }[] =>
  isSection(value)
    ? Object.entries(value).flatMap(([name, inner]) => knobsOf(inner, [...path, name]))
    : [{ path, value }];

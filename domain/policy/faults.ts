import { closestTo } from './closest.ts';
import { type ParsedPolicy, policyDocument } from './document.ts';
import { knobsIn, sectionsWith, unitAt } from './knob-at.ts';

/** One mistake in a policy file: where it is, what stands there, what is wrong with it and how to mend it. */
export type PolicyFault = {
  readonly path: readonly PropertyKey[];
  /** True where the name at the end of the path is at fault, not its value. */
  readonly ofName: boolean;
  readonly value: unknown;
  readonly message: string;
};

type Issue = Readonly<{
  code?: string | undefined;
  path: readonly PropertyKey[];
  message: string;
  keys?: readonly string[];
}>;

const pathInWords = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? 'the policy' : path.map(String).join('.');

const longestShown = 60;

/** A value as its author would know it again. */
function valueInWords(value: unknown, path: readonly PropertyKey[]): string {
  if (typeof value === 'number') return `${value}${unitAt(path) === '%' ? '%' : ''}`;
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    input,
  );
}

function unknownName(section: readonly PropertyKey[], name: string): string {
  const known = knobsIn(section);
  const closest = closestTo(name, known);
  const elsewhere = sectionsWith(name);
  const likely = elsewhere.length > 0 ? `it belongs under ${elsewhere.join(' or ')}` : null;
  const fix = closest === null ? (likely ?? `write one of ${known.join(', ')}`) : `did you mean ${closest}?`;
  return `is not a knob of ${pathInWords(section)}; ${fix}`;
}

function faultsOf(issue: Issue, input: unknown): PolicyFault[] {
  const { path, message } = issue;
  const value = valueAt(input, path);
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((name) => ({
      path: [...path, name],
      ofName: true,
      value: valueAt(value, [name]),
      message: unknownName(path, name),
    }));
  }
  return [{ path, ofName: issue.code === 'invalid_key', value, message }];
}

export type CheckedPolicy =
  | { readonly policy: ParsedPolicy; readonly faults: readonly [] }
  | { readonly policy: null; readonly faults: readonly PolicyFault[] };

/** Checks what a file says against the schema: the policy with its defaults, or every mistake, one a place. */
export function checkPolicy(input: unknown): CheckedPolicy {
  const parsed = policyDocument.safeParse(input);
  if (parsed.success) return { policy: parsed.data, faults: [] };
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, input));
  const places = new Map(faults.toReversed().map((fault) => [pathInWords(fault.path), fault]));
  return { policy: null, faults: [...places.values()].toReversed() };
}

/** `where` is the place in the file, such as "line 7, column 18"; null where there is none. */
export function faultInWords(fault: PolicyFault, where: string | null): string {
  const place = where === null ? '' : ` (${where})`;
  const value = fault.ofName || fault.value === undefined ? '' : `${valueInWords(fault.value, fault.path)} `;
  return `${pathInWords(fault.path)}${place}: ${value}${fault.message}`;
}

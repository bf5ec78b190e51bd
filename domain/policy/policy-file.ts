import {
  type Document,
  LineCounter,
  type Node,
  type YAMLError,
  isMap,
  isPair,
  isScalar,
  parseDocument,
} from 'yaml';
import { type ParsedPolicy } from './document.ts';
import { type PolicyFault, checkPolicy, faultInWords } from './faults.ts';

/** What a policy file says: the policy with its defaults, or its mistakes in the order of its lines. */
export type PolicyFile =
  | { readonly policy: ParsedPolicy; readonly errors: readonly [] }
  | { readonly policy: null; readonly errors: readonly string[] };

/** Enough for any policy, and too little for a file that unfolds aliases without end. */
const mostAliases = 100;
const mostCharacters = 1_000_000;

const offsetOf = (node: unknown): number | null => (node as Node | null)?.range?.[0] ?? null;

/** Where a path's name stands in the file. */
function offsetOfName(document: Document, path: readonly PropertyKey[]): number | null {
  const section = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(section)) return null;
  const pair = section.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(path.at(-1)),
  );
  return offsetOf(pair?.key);
}

/** Where a mistake stands: at the value, at its name, or, where it is missing, at the section it is missing from. */
function offsetOfFault(document: Document, fault: PolicyFault): number | null {
  const { path } = fault;
  if (path.length === 0) return offsetOf(document.contents);
  const value = fault.ofName ? null : offsetOf(document.getIn(path, true));
  return (
    value ??
    offsetOfName(document, path) ??
    offsetOfFault(document, { ...fault, ofName: true, path: path.slice(0, -1) })
  );
}

const brokenInWords = ({ code, message }: YAMLError): string =>
  code === 'MULTIPLE_DOCS'
    ? 'a second document starts; a policy is one, so take out the line --- and what follows'
    : `this is not YAML as a policy needs it: ${message}`;

/** Reads the text of a policy file. Every error is one sentence with path, place, value and fix. */
export function readPolicyFile(text: string): PolicyFile {
  if (text.length > mostCharacters)
    return { policy: null, errors: ['the file is longer than a policy can be'] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const place = (offset: number | null): string | null => {
    if (offset === null) return null;
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  // What follows the first fault of YAML is mostly its echo.
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined)
    return { policy: null, errors: [`${place(broken.pos[0])}: ${brokenInWords(broken)}`] };
  if (document.contents === null)
    return { policy: null, errors: ['the file is empty; start from examples/policy.yaml'] };
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: mostAliases });
  } catch {
    return { policy: null, errors: ['the file has too many aliases; write the values out'] };
  }
  const { policy, faults } = checkPolicy(content);
  if (policy !== null) return { policy, errors: [] };
  const placed = faults
    .map((fault) => ({ fault, offset: offsetOfFault(document, fault) }))
    .sort((left, right) => (left.offset ?? 0) - (right.offset ?? 0));
  return { policy: null, errors: placed.map(({ fault, offset }) => faultInWords(fault, place(offset))) };
}

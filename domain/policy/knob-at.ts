import { z } from 'zod';
import { policyDocument } from './document.ts';
import type { Unit } from './knobs.ts';

/** The policy file's schema as JSON Schema: what editors read, and the list of its knobs. */
type SchemaNode = {
  readonly description?: string;
  readonly default?: unknown;
  readonly 'x-unit'?: Unit;
  readonly 'x-example'?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly anyOf?: readonly SchemaNode[];
};

let made: SchemaNode | null = null;

/** What an author may write: defaults may be left out. */
export function policySchema(): SchemaNode {
  made ??= z.toJSONSchema(policyDocument, { io: 'input' }) as SchemaNode;
  return made;
}

/** The part of a node that has knobs: of a section that may also be null, the section. */
const sectionOf = (node: SchemaNode): SchemaNode =>
  node.anyOf?.find(({ properties, additionalProperties }) => properties ?? additionalProperties) ?? node;

/** The schema at a path; null where the file has no such knob. */
function knobAt(path: readonly PropertyKey[]): SchemaNode | null {
  return path.reduce<SchemaNode | null>((node, part) => {
    if (node === null) return null;
    const { properties, additionalProperties } = sectionOf(node);
    const known =
      properties !== undefined && Object.hasOwn(properties, part) ? properties[String(part)] : undefined;
    return known ?? (typeof additionalProperties === 'object' ? additionalProperties : null);
  }, policySchema());
}

/** How the number at a path is meant; null where it is a word, a count of nothing named, or no knob. */
export const unitAt = (path: readonly PropertyKey[]): Unit | null => knobAt(path)?.['x-unit'] ?? null;

export const knobsIn = (path: readonly PropertyKey[]): readonly string[] => {
  const node = knobAt(path);
  return node === null ? [] : Object.keys(sectionOf(node).properties ?? {});
};

/** The outermost sections that have a knob of this name, `plans.<name>.sessions`. */
export function sectionsWith(name: string): readonly string[] {
  const within = (node: SchemaNode, path: string): string[] => {
    const { properties = {}, additionalProperties } = sectionOf(node);
    if (path !== '' && Object.hasOwn(properties, name)) return [path];
    const under = (inner: string): string => (path === '' ? inner : `${path}.${inner}`);
    return [
      ...Object.entries(properties).flatMap(([inner, each]) => within(each, under(inner))),
      ...(typeof additionalProperties === 'object' ? within(additionalProperties, under('<name>')) : []),
    ];
  };
  return within(policySchema(), '');
}

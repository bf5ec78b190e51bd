import { z } from 'zod';

type JsonSchema = {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
};

/** One field of a request, as its contract has it. */
export type Field = {
  readonly path: readonly (string | number)[];
  readonly types: ReadonlySet<string>;
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  /** Text that is bound to a form: an enum, a pattern, a date, an address. */
  readonly isFormed: boolean;
  /** One of a few words, or one alone. */
  readonly isFixed: boolean;
  /** Its names are the caller's own. */
  readonly isRecord: boolean;
  readonly mayBeEmpty: boolean;
};

/** Schemas with a name of their own stand apart; a reference to one is read as the schema itself. */
type Definitions = Readonly<Record<string, JsonSchema>>;

function variants(schema: JsonSchema, known: Definitions): readonly JsonSchema[] {
  const named = schema.$ref === undefined ? undefined : known[schema.$ref.split('/').at(-1) ?? ''];
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [
    schema,
    ...[...inner, ...(named === undefined ? [] : [named])].flatMap((one) => variants(one, known)),
  ];
}

function fieldOf(path: Field['path'], schema: JsonSchema, isRequired: boolean, known: Definitions): Field {
  const all = variants(schema, known);
  const texts = all.filter(({ type }) => type === 'string');
  const types = new Set(all.flatMap(({ type }) => type ?? []));
  return {
    path,
    types,
    isRequired,
    isNullable: types.has('null'),
    isFormed: all.some(
      (one) =>
        one.enum !== undefined ||
        one.const !== undefined ||
        one.pattern !== undefined ||
        one.format !== undefined,
    ),
    isFixed: all.some((one) => one.enum !== undefined || one.const !== undefined),
    isRecord: all.some(({ additionalProperties }) => typeof additionalProperties === 'object'),
    mayBeEmpty: texts.some(({ minLength, enum: fixed }) => (minLength ?? 0) === 0 && fixed === undefined),
  };
}

/** A name for entries of a record: any that its schema takes. */
const recordKey = 'free';

function walk(path: Field['path'], schema: JsonSchema, known: Definitions): readonly Field[] {
  return variants(schema, known).flatMap((one) => {
    const properties = Object.entries(one.properties ?? {}).flatMap(([name, inner]) => [
      fieldOf([...path, name], inner, one.required?.includes(name) ?? false, known),
      ...walk([...path, name], inner, known),
    ]);
    const items =
      one.items === undefined
        ? []
        : [fieldOf([...path, 0], one.items, false, known), ...walk([...path, 0], one.items, known)];
    const entries = typeof one.additionalProperties === 'object' ? one.additionalProperties : undefined;
    const record =
      entries === undefined
        ? []
        : [
            fieldOf([...path, recordKey], entries, false, known),
            ...walk([...path, recordKey], entries, known),
          ];
    return [...properties, ...items, ...record];
  });
}

/** Every field of a body, nested ones too, from the schema that checks it. */
export function fieldsOf(schema: z.ZodType): readonly Field[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const fields = walk([], root, root.$defs ?? {});
  return fields.filter(
    (field, n) => fields.findIndex((other) => other.path.join('/') === field.path.join('/')) === n,
  );
}

/** A copy of `body` with another value at `path`; objects on the way are made where there were none. */
export function withValue(body: unknown, path: Field['path'], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (typeof first === 'number') {
    const list = Array.isArray(body) ? [...body] : [];
    list[first] = withValue(list[first], rest, value);
    return list;
  }
  const object = typeof body === 'object' && body !== null ? body : {};
  const inner = withValue((object as Record<string, unknown>)[first], rest, value);
  const others = Object.entries(object).filter(([name]) => name !== first);
  return Object.fromEntries(inner === undefined ? others : [...others, [first, inner]]);
}

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { knobsNotActedOn } from '../../../domain/policy/not-acted-on.ts';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly 'x-example'?: unknown;
  readonly 'x-unit'?: string;
};

const code = (value: unknown): string => `\`${JSON.stringify(value).replaceAll('|', String.raw`\|`)}\``;

type Knob = { readonly path: string; readonly schema: Schema };

/** Every described knob below a schema; the names that authors choose are written in angle brackets. */
function knobsOf(schema: Schema, path: string): Knob[] {
  const own = schema.description === undefined || path === '' ? [] : [{ path, schema }];
  const under = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    knobsOf(inner, under(name)),
  );
  const chosen =
    typeof schema.additionalProperties === 'object'
      ? knobsOf(schema.additionalProperties, under('<name>'))
      : [];
  const either = (schema.anyOf ?? []).flatMap(({ description: _same, ...inner }) => knobsOf(inner, path));
  return [...own, ...named, ...chosen, ...either];
}

const row = ({ path, schema }: Knob): string =>
  `| \`${path}\` | ${schema.description?.replaceAll('|', String.raw`\|`)} | ${schema['x-unit'] ?? '–'} | ${schema.default === undefined ? '–' : code(schema.default)} | ${schema['x-example'] === undefined || schema['x-example'] === null ? '–' : code(schema['x-example'])} |`;

const prose = `# The policy file

One YAML file says everything about an app's free tier. \`examples/policy.yaml\` is the reference policy with every knob; editors
that read its first line complete and check as you write ([policy.schema.json](policy.schema.json)).

\`\`\`sh
npm run stipend -- policy check policy.yaml --app my-app     # errors with path, value and fix; which dimension binds, for whom
npm run stipend -- policy diff policy.yaml --app my-app      # what changes, knob by knob, and for whom
npm run stipend -- policy activate policy.yaml --app my-app  # in force for periods that open from now on
\`\`\`

**Versions.** A policy's version is its content: order, comments and defaults that are left out do not matter. A running period keeps the
version it was opened with. \`activate --now\` moves the running periods as well, in pages, while sessions go on:
20,000 of them in about nine seconds on two cores.

**Plans.** An app may have several; \`PUT /v1/users/{user}\` with \`plan\` chooses, from the user's next period. A plan that a new version
drops lives on in running periods; its users are on the default plan afterwards. What one user has instead of or on top of their plan
are overrides and grants: [limits.md](limits.md).

**What is not acted on.** These knobs are checked and kept, and this version does not act on them; \`policy check\` warns where one is
set: ${knobsNotActedOn.map((knob) => `\`${knob}\``).join(', ')}.

**Shared knobs.** A plan may take what it has in common with another: name that one with \`free: &free\`, and begin the other with
\`<<: *free\`. A section that is written out replaces the other plan's whole section.

**Costs.** \`policy check --app my-app\` measures each plan by what its own sessions of the last 30 days cost: the one in the middle, and the
one that nine in ten stay under.
`;

const readSchema = (): Schema =>
  JSON.parse(readFileSync(new URL('../../../docs/policy.schema.json', import.meta.url), 'utf8')) as Schema;

function policyPage(): string {
  const knobs = knobsOf(readSchema(), '');
  expect(knobs.length).toBeGreaterThan(40);
  return [
    prose,
    '## Every knob',
    '',
    '| knob | meaning | unit | default | example |',
    '| --- | --- | --- | --- | --- |',
    ...knobs.map(row),
    '',
  ].join('\n');
}

/** Paths of knobs that no description stands at, nor at a knob of them. */
function unexplained(schema: Schema, path: string): string[] {
  const inner = [
    ...Object.entries(schema.properties ?? {}),
    ...(typeof schema.additionalProperties === 'object'
      ? [['<name>', schema.additionalProperties] as const]
      : []),
    ...(schema.anyOf ?? []).flatMap((either) => Object.entries(either.properties ?? {})),
  ];
  if (inner.length === 0) return schema.description === undefined ? [path] : [];
  return inner.flatMap(([name, each]) => unexplained(each, path === '' ? name : `${path}.${name}`));
}

test('every knob of the schema has a description', () => {
  const lacking = { properties: { a: { properties: { b: {}, c: { description: 'c' } } } } };
  expect(unexplained(lacking, '')).toEqual(['a.b']);
  expect(unexplained(readSchema(), '')).toEqual([]);
});

test('docs/policy.md explains every knob of the schema', async () => {
  await expect(policyPage()).toMatchFileSnapshot('../../../docs/policy.md');
});

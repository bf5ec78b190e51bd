import { OpenAPIRegistry, OpenApiGeneratorV31, extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { problem } from '../contract/problem.ts';
import { type ProblemCode, catalogue } from '../problems/catalogue.ts';
import { type Route, scopesOf } from '../route.ts';

extendZodWithOpenApi(z);

/** What every route may answer, besides its own. */
const always: readonly ProblemCode[] = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'too-many-failures',
  'unavailable',
];

const openApiPath = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}');

/** What goes wrong, by the status it is told with. */
function problemTitles(route: Route): ReadonlyMap<number, ReadonlySet<string>> {
  const codes = [
    ...always,
    ...route.problems,
    ...(route.body === undefined ? [] : bodyProblems),
    ...repeatProblems(route),
  ];
  const titles = new Map<number, Set<string>>();
  for (const code of codes) {
    const { status, title } = catalogue[code];
    titles.set(status, (titles.get(status) ?? new Set()).add(title));
  }
  return titles;
}

/** What a POST may answer to an Idempotency-Key that was used before. */
function repeatProblems({ method, repeats, withheld }: Route): readonly ProblemCode[] {
  if (method !== 'post' || repeats === 'by_own_id') return [];
  return [
    'idempotency-key-reused',
    ...(repeats === 'in_commit' ? [] : (['idempotency-key-in-use'] as const)),
    ...(withheld === undefined ? [] : (['secret-shown-once'] as const)),
  ];
}

/** What the Idempotency-Key does, which every POST takes. */
function keyHeader({ method, repeats, withheld }: Route): Record<string, string> {
  if (method !== 'post') return {};
  if (repeats === 'by_own_id') {
    return { 'Idempotency-Key': 'Taken, and not needed: the ids in the body make a repeat harmless.' };
  }
  const answered =
    withheld === undefined
      ? 'Makes a repeat the same request: it is answered as the first was, for 24 hours.'
      : 'Makes a repeat the same request: nothing is made twice. Its answer holds a secret and is not kept.';
  return { 'Idempotency-Key': answered };
}

const bodyProblems: readonly ProblemCode[] = ['malformed-json', 'body-too-large', 'unsupported-media-type'];

const eitherOf = (own: z.ZodType | undefined, other: z.ZodType | undefined): z.ZodType | undefined =>
  own !== undefined && other !== undefined ? z.union([own, other]) : (own ?? other);

/** The route's own answers and its problems; where both have one status, it may be either. */
function answersOf(route: Route) {
  const problems = problemTitles(route);
  const statuses = new Set([...Object.keys(route.answers).map(Number), ...problems.keys()]);
  const answers = [...statuses].map((status) => {
    const own = route.answers[status];
    const titles = [...(problems.get(status) ?? [])];
    const descriptions = own === undefined ? titles : [own.description, ...titles];
    const schema = eitherOf(own?.schema, titles.length === 0 ? undefined : problem);
    const type = status >= 400 ? 'application/problem+json' : (route.mediaType ?? 'application/json');
    return [
      status,
      {
        description: descriptions.join('; or: '),
        ...(schema === undefined ? {} : { content: { [type]: { schema } } }),
      },
    ] as const;
  });
  return Object.fromEntries(answers);
}

function credentialsOf(route: Route): string {
  const scopes = scopesOf(route).map((scope) => `\`${scope}\``);
  return `a key with the scope ${scopes.join(' or ')}${route.users === true ? ", or the user's own token" : ''}`;
}

function register(registry: OpenAPIRegistry, route: Route): void {
  const headers = Object.entries({ ...keyHeader(route), ...route.headers }).map(([name, description]) => [
    name,
    // An empty Last-Event-ID is what a browser sends that has received none.
    z
      .string()
      .min(name in (route.headers ?? {}) ? 0 : 1)
      .max(255)
      .optional()
      .meta({ description }),
  ]);
  registry.registerPath({
    method: route.method,
    path: openApiPath(route.path),
    operationId: route.operation,
    summary: route.summary,
    tags: [route.tag],
    security: route.users === true ? [{ key: [] }, { userToken: [] }] : [{ key: [] }],
    description: `Needs ${credentialsOf(route)}.`,
    request: {
      ...(route.params === undefined ? {} : { params: route.params as z.ZodObject }),
      ...(route.query === undefined ? {} : { query: route.query as z.ZodObject }),
      ...(headers.length === 0 ? {} : { headers: z.object(Object.fromEntries(headers)) }),
      ...(route.body === undefined
        ? {}
        : {
            body: {
              required: !route.body.safeParse({}).success,
              content: { 'application/json': { schema: route.body } },
            },
          }),
    },
    responses: answersOf(route),
  });
}

/** The OpenAPI 3.1 document of the routes that are mounted: it cannot say anything that they do not do. */
export function openApiDocument(routes: readonly Route[]) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key, `sk_…`.',
  });
  registry.registerComponent('securitySchemes', 'userToken', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: "A user's own token, as POST /v1/users/{user}/tokens makes one.",
  });
  for (const route of routes) register(registry, route);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Stipend',
      version: '0.1.0',
      description: 'A durable free tier for AI products: allowances, nudges, resets and reviews.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
  });
}

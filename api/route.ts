import type { z } from 'zod';
import type { Logger } from 'pino';
import type { Scope } from '../ledger/api-keys.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Queryable } from '../ledger/pool.ts';
import type { Caller } from './caller.ts';
import type { ApiMetrics } from './metrics.ts';
import type { Authentication } from './authentication.ts';
import type { InboxStreams } from './inbox-streams.ts';
import type { Keyed } from './idempotency.ts';
import { fromZod, unknownField } from './problems/from-zod.ts';
import { wanted } from './problems/wanted.ts';
import { findPrototypeKey } from './prototype-keys.ts';
import type { Reply } from './reply.ts';
import type { ProblemCode } from './problems/catalogue.ts';
import type { WorkflowMessenger } from './workflow-messenger.ts';

/** What every handler may use. */
export type Services = {
  readonly ledger: Ledger;
  /** For statements outside an account's commit: what they write is stored together with the answer to an Idempotency-Key. */
  readonly db: Queryable;
  readonly authentication: Authentication;
  readonly workflows: WorkflowMessenger;
  readonly streams: InboxStreams;
  readonly metrics: ApiMetrics;
  readonly log: Logger;
};

type RawRequest = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
  readonly caller: Caller;
  /** Null where no Idempotency-Key was sent. */
  readonly keyed: Keyed | null;
};

type Parsed<Schema extends z.ZodType | undefined> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export type RouteRequest<
  Params extends z.ZodType | undefined,
  Query extends z.ZodType | undefined,
  Body extends z.ZodType | undefined,
> = {
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly body: Parsed<Body>;
  readonly header: RawRequest['header'];
  readonly caller: Caller;
  readonly keyed: RawRequest['keyed'];
};

type Answer = { readonly description: string; readonly schema?: z.ZodType };

/**
 * How a POST that is sent twice under one Idempotency-Key has one effect:
 * `claimed_first`, unless another is named: the key is taken, the request carried out, the answer stored;
 * `in_transaction`: the same, committed together with what the handler writes through `db`;
 * `in_commit`: the handler stores its answer in the account's commit;
 * `by_own_id`: ids in the body make a repeat harmless, with or without a key.
 */
type Repeats = 'claimed_first' | 'in_transaction' | 'in_commit' | 'by_own_id';

type Description = {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** In Express's form, `/v1/users/:user`. */
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly tag: string;
  /** A key needs one of these. */
  readonly scope: Scope | readonly Scope[];
  /** True where a user's own token may ask as well, for that user: the path holds `:user`. */
  readonly users?: boolean;
  /** True where the token may stand in the address, since a browser's `EventSource` sends no headers. */
  readonly tokenInQuery?: boolean;
  /** What the successful answer is, where not JSON. */
  readonly mediaType?: string;
  readonly answers: Readonly<Record<number, Answer>>;
  readonly problems: readonly ProblemCode[];
  readonly repeats?: Repeats;
  /** Set where the answer holds a secret, which is never stored: how a repeat goes on without it. */
  readonly withheld?: string;
  /** Request headers besides the keys. */
  readonly headers?: Readonly<Record<string, string>>;
};

export type Route = Description & {
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly handle: (request: RawRequest, services: Services) => Promise<Reply>;
};

function parse(place: 'path' | 'query' | 'body', schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const hidden = place === 'body' ? findPrototypeKey(value) : null;
  if (hidden !== null) throw unknownField(hidden);
  const parsed = schema.safeParse(value, { error: wanted });
  if (!parsed.success) throw fromZod(place, parsed.error);
  return parsed.data;
}

/** The scopes of which a key needs one. */
export const scopesOf = ({ scope }: Pick<Description, 'scope'>): readonly Scope[] =>
  typeof scope === 'string' ? [scope] : scope;

/** Declares a route once: from it come its mounting, its checks at the door and its part of the OpenAPI document. */
export function route<
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  declared: Description & {
    readonly params?: Params;
    readonly query?: Query;
    readonly body?: Body;
    readonly handle: (request: RouteRequest<Params, Query, Body>, services: Services) => Promise<Reply>;
  },
): Route {
  const { params, query, body, handle, ...description } = declared;
  return {
    ...description,
    params,
    query,
    body,
    handle: (raw, services) =>
      handle(
        {
          params: parse('path', params, raw.params) as Parsed<Params>,
          query: parse('query', query, raw.query) as Parsed<Query>,
          body: parse('body', body, raw.body) as Parsed<Body>,
          header: raw.header,
          caller: raw.caller,
          keyed: raw.keyed,
        },
        services,
      ),
  };
}

import type { RequestHandler } from 'express';
import { listOrigins } from '../ledger/apps.ts';
import type { Queryable } from '../ledger/pool.ts';

const knownForMs = 10_000;

const preflight = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key, last-event-id',
  'access-control-max-age': '600',
};

/**
 * Lets pages of the sites that apps have named read answers. It grants nothing: a page still needs its user's token, and no
 * cookie is ever looked at.
 */
export function allowOrigins(db: Queryable, now: () => number = Date.now): RequestHandler {
  let known: ReadonlySet<string> = new Set();
  let until = 0;
  return async (request, response, next) => {
    const { origin } = request.headers;
    if (origin === undefined) {
      next();
      return;
    }
    if (until <= now()) {
      known = new Set(await listOrigins(db));
      until = now() + knownForMs;
    }
    response.vary('origin');
    if (!known.has(origin)) {
      next();
      return;
    }
    response.set('access-control-allow-origin', origin);
    response.set('cross-origin-resource-policy', 'cross-origin');
    if (request.method === 'OPTIONS') response.status(204).set(preflight).end();
    else next();
  };
}

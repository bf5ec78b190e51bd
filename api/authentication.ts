import { type Principal, type Scope, authenticate } from '../ledger/api-keys.ts';
import type { Queryable } from '../ledger/pool.ts';
import { Problem } from './problems/problem.ts';

/** Known keys are looked up again after this long, so a revoked key lives at most so long in other processes. */
const knownForMs = 10_000;
const mostKnown = 10_000;

export type Authentication = {
  readonly identify: (authorization: string | undefined, scope: Scope) => Promise<Principal>;
  /** Forgets every known key, after one was revoked. */
  readonly forget: () => void;
};

const howTo = 'Send the header "Authorization: Bearer sk_…".';

const challenge = { headers: { 'www-authenticate': 'Bearer realm="stipend"' } };

function secretOf(authorization: string | undefined): string {
  const match = /^Bearer (sk_[\w-]{1,200})$/i.exec(authorization ?? '');
  if (match?.[1] === undefined) throw new Problem('unauthorized', howTo, challenge);
  return match[1];
}

/** Who calls, and whether they may: the key's scope must be the route's. */
export function createAuthentication(db: Queryable, now: () => number = Date.now): Authentication {
  const known = new Map<string, { readonly principal: Principal; readonly until: number }>();
  /** Look-ups under way: many requests with one key ask the ledger once. */
  const asked = new Map<string, Promise<Principal | null>>();
  const ask = (secret: string): Promise<Principal | null> => {
    const underWay = asked.get(secret);
    if (underWay !== undefined) return underWay;
    const answer = authenticate(db, secret).finally(() => asked.delete(secret));
    asked.set(secret, answer);
    return answer;
  };
  const lookUp = async (secret: string): Promise<Principal> => {
    const remembered = known.get(secret);
    if (remembered !== undefined && remembered.until > now()) return remembered.principal;
    known.delete(secret);
    const principal = await ask(secret);
    if (principal === null) {
      throw new Problem('unauthorized', 'This API key is unknown, expired or revoked.', challenge);
    }
    if (known.size >= mostKnown) known.clear();
    known.set(secret, { principal, until: now() + knownForMs });
    return principal;
  };
  return {
    identify: async (authorization, scope) => {
      const principal = await lookUp(secretOf(authorization));
      if (principal.scopes.includes(scope)) return principal;
      throw new Problem(
        'forbidden',
        `This address needs a key with the scope "${scope}"; this key has ${principal.scopes.join(', ')}.`,
      );
    },
    forget: () => known.clear(),
  };
}

import { type Principal, type Scope, authenticate } from '../ledger/api-keys.ts';
import type { Queryable } from '../ledger/pool.ts';
import type { SecretKeys } from '../ledger/secret-keys.ts';
import type { Caller } from './caller.ts';
import { type FailedAttempts, createFailedAttempts } from './failed-attempts.ts';
import { Problem } from './problems/problem.ts';
import { readUserToken } from './user-token.ts';

/** Known keys are looked up again after this long, so a revoked key lives at most so long in other processes. */
const knownForMs = 10_000;
const mostKnown = 10_000;

/** What came with a request; the address is asked for only where something is wrong. */
type Credentials = {
  readonly authorization: string | undefined;
  readonly address: () => string;
};

/** Who may ask: keys with one of the scopes, and users with their own token where a route is about one user. */
type Access = { readonly scopes: readonly Scope[]; readonly users: boolean };

export type Authentication = {
  readonly identify: (credentials: Credentials, access: Access) => Promise<Caller>;
  /** Looks every known key up again, after one was revoked. */
  readonly lookUpAgain: () => void;
};

const howTo = 'Send the header "Authorization: Bearer sk_…".';

const challenge = { headers: { 'www-authenticate': 'Bearer realm="stipend"' } };

const bearer = /^Bearer ([\w.-]{1,2000})$/i;

type Known = { readonly principal: Principal; readonly until: number };

/** Keys that were looked up, each for a while, so that the usual request asks the ledger nothing. */
function createKnownKeys(db: Queryable, failures: FailedAttempts, now: () => number) {
  const known = new Map<string, Known>();
  /** Look-ups under way: many requests with one key ask the ledger once. */
  const asked = new Map<string, Promise<Principal | null>>();
  const ask = (secret: string): Promise<Principal | null> => {
    const underWay = asked.get(secret);
    if (underWay !== undefined) return underWay;
    const answer = authenticate(db, secret).finally(() => asked.delete(secret));
    asked.set(secret, answer);
    return answer;
  };
  const lookUp = async (secret: string, address: () => string): Promise<Principal> => {
    const remembered = known.get(secret);
    if (remembered !== undefined && remembered.until > now()) return remembered.principal;
    // A key that was good is asked for whatever others at its address do: a guesser locks nobody out.
    if (remembered === undefined) await failures.check(address());
    const principal = await ask(secret);
    if (principal === null) {
      known.delete(secret);
      await failures.count(address());
      throw new Problem('unauthorized', 'This API key is unknown, expired or revoked.', challenge);
    }
    if (known.size >= mostKnown) known.clear();
    known.set(secret, {
      principal,
      until: Math.min(now() + knownForMs, principal.expiresAt ?? Number.POSITIVE_INFINITY),
    });
    return principal;
  };
  return {
    lookUp,
    /** All are asked for again, and stay known as having been good. */
    lookUpAgain: () => {
      for (const [secret, { principal }] of known) known.set(secret, { principal, until: 0 });
    },
  };
}

const mayNot = (needed: readonly Scope[], has: string): Problem =>
  new Problem(
    'forbidden',
    `This address needs a key with the scope ${needed.map((scope) => `"${scope}"`).join(' or ')}; this ${has}.`,
  );

export type AuthenticationOptions = {
  readonly db: Queryable;
  readonly tokenKeys: SecretKeys['tokenKeys'];
  readonly now?: () => number;
  readonly failures?: FailedAttempts;
};

/** Who calls, and whether they may. */
export function createAuthentication({
  db,
  tokenKeys,
  now = Date.now,
  failures = createFailedAttempts(),
}: AuthenticationOptions): Authentication {
  const keys = createKnownKeys(db, failures, now);
  const identifyUser = async (token: string, address: () => string, { scopes, users }: Access) => {
    const claims = await readUserToken(tokenKeys, token);
    // Looked at first: it asks nobody, and users behind one address are not locked out by each other's expired tokens.
    if (claims === null) {
      await failures.check(address());
      await failures.count(address());
      throw new Problem('unauthorized', 'This token has expired or was not made here.', challenge);
    }
    if (!users) throw mayNot(scopes, 'is the token of a user');
    return { keyId: 'user token', ...claims };
  };
  return {
    identify: async ({ authorization, address }, access) => {
      const secret = bearer.exec(authorization ?? '')?.[1];
      if (secret === undefined) throw new Problem('unauthorized', howTo, challenge);
      if (!secret.startsWith('sk_')) {
        if (secret.includes('.')) return identifyUser(secret, address, access);
        throw new Problem('unauthorized', howTo, challenge);
      }
      const { keyId, appId, scopes } = await keys.lookUp(secret, address);
      if (!scopes.some((scope) => access.scopes.includes(scope)))
        throw mayNot(access.scopes, `key has ${scopes.join(', ')}`);
      return { keyId, appId, userId: null };
    },
    lookUpAgain: keys.lookUpAgain,
  };
}

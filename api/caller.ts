import type { AppId, UserId } from '../domain/ids.ts';
import { Problem } from './problems/problem.ts';

/** Whose key a request came with, or whose token. */
export type Caller = {
  readonly keyId: string;
  /** The key's app; admin keys belong to none. */
  readonly appId: AppId | null;
  /** Set where a user asks with a token of their own. */
  readonly userId: UserId | null;
};

/** The app of a key with the scope `app` or `growth`; the ledger has no such key without one. */
export function appOf({ appId }: Caller): AppId {
  if (appId === null) throw new Problem('forbidden', 'Use a key that belongs to an app.');
  return appId;
}

/** Who did it, as acts are signed where no person is named. */
export const actorOf = ({ keyId }: Caller): string => `key ${keyId}`;

import type { Instant } from '../instant.ts';
import { withAccount } from './change.ts';
import { bringUpToDate } from './bring-up-to-date.ts';
import type { DecisionContext } from './context.ts';
import type { Account, AccountState } from './state.ts';

/** What an app may tell about a user; what is left out stays as it is. */
export type Registration = {
  readonly registeredAt?: Instant;
  readonly timeZone?: string;
  readonly locale?: string;
  readonly email?: string | null;
  readonly plan?: string;
  readonly registration?: Account['registration'];
};

/**
 * Registers or updates a user. Before its first period an account starts under what it is told; afterwards zone and plan
 * change where the current period ends.
 */
export function register(before: AccountState, told: Registration, context: DecisionContext): AccountState {
  const registered = withAccount(before, {
    ...told,
    registrationGiven: before.account.registrationGiven || told.registeredAt !== undefined,
  });
  return bringUpToDate(registered, context);
}

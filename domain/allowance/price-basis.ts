import { type NamedCall, authorizationOf } from '../account/reservations.ts';
import type { DecisionContext } from '../account/context.ts';
import type { AccountState } from '../account/state.ts';
import type { Instant } from '../instant.ts';
import type { PriceTerms } from '../policy/prices.ts';

/** What a call is priced by: the moment, as prices change by date and by the time of day, and whose prices. */
export type PriceBasis = { readonly at: Instant; readonly prices: PriceTerms };

/**
 * An authorized call is priced as it was when it was authorized, so that it never costs more than was reserved for it,
 * whenever it is made and whatever policy came since. Any other is priced when it was made, by the policy in force.
 */
export function priceBasis(
  state: AccountState,
  call: NamedCall,
  occurredAt: Instant | null,
  context: DecisionContext,
): PriceBasis {
  const named = authorizationOf(state, call);
  // An authorization that another event has used says nothing of this call.
  return named === null || named.close === 'used'
    ? { at: occurredAt ?? context.now, prices: context.policyOf(context.policyVersion).prices }
    : { at: named.authorizedAt, prices: context.policyOf(named.policyVersion).prices };
}

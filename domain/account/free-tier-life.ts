import type { Command } from './command.ts';
import { type Entitlement, fold, lifecycleOf } from './entitlement.ts';

type Stand = { readonly entitlement: Entitlement; readonly commands: readonly Command[] };

/** A review waits for a person: the account's workflow must see to it that one comes. */
const isInReview = ({ standing }: Entitlement): boolean =>
  standing === 'restricted' || standing === 'under_review';

/**
 * Nothing is left for a workflow to do: the user pays, the workflow has taken that in, and no review is open. Acts that come
 * later are in force all the same, and a downgrade calls the workflow back.
 */
export function hasEnded({ entitlement, commands }: Stand): boolean {
  if (lifecycleOf(entitlement) !== 'upgraded' || isInReview(entitlement)) return false;
  const inForce = fold(entitlement, commands);
  return lifecycleOf(inForce) === 'upgraded' && !isInReview(inForce);
}

import type { Account } from '../account/state.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { stableHash } from '../stable-hash.ts';

/**
 * The arms of the standing experiment: those on the ladder are warned on their way, those held out meet the plain wall at 100 %.
 * Tier and limits are the same for both.
 */
export type Arm = 'ladder' | 'holdout';

/** Shares are counted in hundredths of a percent. */
const buckets = 10_000;

/**
 * By hash, so that nobody has to be asked: whoever is held out stays so while the share grows, and comes back first
 * when it shrinks below them. Null: the policy holds nobody out.
 */
export function armOf(
  { appId, userId }: Pick<Account, 'appId' | 'userId'>,
  terms: Pick<PlanTerms, 'holdout'>,
): Arm | null {
  if (terms.holdout === 0) return null;
  const bucket = stableHash(`holdout/${appId}/${userId}`) % buckets;
  return bucket * 100 < terms.holdout * buckets ? 'holdout' : 'ladder';
}

export const isHeldOut = (account: Pick<Account, 'appId' | 'userId'>, terms: PlanTerms): boolean =>
  armOf(account, terms) === 'holdout';

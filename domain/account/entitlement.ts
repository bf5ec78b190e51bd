import type { Instant } from '../instant.ts';
import type { ReviewId } from '../ids.ts';
import type { Tier } from '../policy/document.ts';

export type Standing = 'good' | 'under_review' | 'suspended';

/**
 * What an account is entitled to, written by its workflow alone. `version` fences the write: a delayed attempt with a
 * lower one changes nothing. Acts numbered above `foldedThrough` are in force before the workflow has heard of them.
 */
export type Entitlement = {
  readonly v: 1;
  readonly version: number;
  readonly foldedThrough: number;
  readonly standing: Standing;
  readonly tierCeiling: Tier;
  /** The review that put the account where it stands, kept after a rejection so that it can be undone. */
  readonly reviewId: ReviewId | null;
};

export const firstEntitlement: Entitlement = {
  v: 1,
  version: 0,
  foldedThrough: 0,
  standing: 'good',
  tierCeiling: 'standard',
  reviewId: null,
};

/** An act on an account that takes effect when its row commits, even while Temporal is down. Append-only, numbered per account. */
export type Command = {
  readonly number: number;
  /** Makes a repeated act the same act: unique per account. */
  readonly key: string;
  readonly kind: 'flag' | 'approve' | 'reject';
  readonly reviewId: ReviewId;
  readonly by: string;
  readonly note: string;
  readonly at: Instant;
};

function foldOne(entitlement: Entitlement, command: Command): Entitlement {
  switch (command.kind) {
    case 'flag':
      return entitlement.standing === 'good'
        ? { ...entitlement, standing: 'under_review', reviewId: command.reviewId }
        : entitlement;
    case 'approve':
      return entitlement.reviewId === command.reviewId
        ? { ...entitlement, standing: 'good', reviewId: null }
        : entitlement;
    case 'reject':
      return entitlement.standing === 'under_review' && entitlement.reviewId === command.reviewId
        ? { ...entitlement, standing: 'suspended' }
        : entitlement;
    default:
      return command.kind satisfies never;
  }
}

/** The entitlement in force: commands not yet folded are applied in their order; folding twice changes nothing. */
export function fold(entitlement: Entitlement, commands: readonly Command[]): Entitlement {
  return [...commands]
    .sort((left, right) => left.number - right.number)
    .filter((command) => command.number > entitlement.foldedThrough)
    .reduce(
      (folded, command) => ({ ...foldOne(folded, command), foldedThrough: command.number }),
      entitlement,
    );
}

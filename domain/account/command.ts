import type { ReviewId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { Grant, Override } from './modifier.ts';

/** An act on an account that takes effect when its row commits, even while Temporal is down. Append-only, numbered per account. */
export type Command = Act & {
  readonly number: number;
  /** Makes a repeated act the same act: unique per account. */
  readonly key: string;
  readonly by: string;
  readonly note: string;
  readonly at: Instant;
};

/** A command as the decision that issued it adds it: the account's version that wrote it is its place in the story. */
export type IssuedCommand = Command & { readonly version: number };

/** What was done: the part of a command that differs by kind. */
export type Act =
  | { readonly kind: 'flag'; readonly reviewId: ReviewId; readonly to?: 'restricted' | 'under_review' }
  | { readonly kind: 'approve' | 'reject'; readonly reviewId: ReviewId }
  | {
      readonly kind: 'recheck';
      readonly reviewId: ReviewId;
      readonly score: number;
      readonly outcome: 'released' | 'kept';
      /** When a person should have decided by now, null where that stays as it was. */
      readonly dueAt: Instant | null;
    }
  | ({ readonly kind: 'grant' } & Pick<Grant, 'sessions' | 'spend' | 'from' | 'until' | 'priority'>)
  | ({ readonly kind: 'override' } & Pick<Override, 'limits' | 'from' | 'until' | 'priority'>)
  | { readonly kind: 'withdraw'; readonly modifierId: string }
  | ({ readonly kind: 'upgrade' } & Billing)
  /** `plan`: the free plan it goes on with, null for the one it had. */
  | ({ readonly kind: 'downgrade' } & Billing);

/** What billing tells of an account's plan, and when that was. */
type Billing = { readonly plan: string | null; readonly occurredAt: Instant };

import type { Stage } from './allowance/ladder.ts';
import type { LimitName } from './allowance/limits.ts';
import type { UserId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Tier } from './policy/document.ts';
import type { Upgrade } from './policy/upgrade.ts';

/** What an end user may see of an allowance. It carries no dollar: law 7, and a property test holds it to that. */
export type UserView = {
  readonly user: UserId;
  readonly plan: string;
  readonly stage: Stage;
  readonly tier: Tier;
  readonly percent: number;
  /** No limit and nothing remaining of it: a paid plan is in force. */
  readonly month: WindowView & { readonly limit: number | null };
  readonly today: WindowView & { readonly limit: number | null };
  readonly limitedBy: LimitName | null;
  /** In the language below. */
  readonly message: string;
  /** BCP 47; English where there are no words in the account's own language. */
  readonly language: string;
  readonly upgrade: Upgrade;
};

type WindowView = {
  readonly used: number;
  readonly remaining: number | null;
  readonly resetsAt: Instant;
};

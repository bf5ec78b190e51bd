import type { IssuedCommand } from '../account/command.ts';
import type {
  Account,
  Authorization,
  Crossing,
  Dimension,
  Period,
  Review,
  Session,
  UsageEvent,
} from '../account/state.ts';
import type { PolicyVersion } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { NudgeDecision } from '../totals.ts';

/** Everything the ledger keeps of one account: what its story is told from. */
export type AccountRecord = {
  readonly account: Account;
  readonly periods: readonly Period[];
  readonly sessions: readonly Session[];
  readonly authorizations: readonly Authorization[];
  readonly usageEvents: readonly UsageEvent[];
  readonly crossings: readonly Crossing[];
  readonly commands: readonly IssuedCommand[];
  readonly policyChanges: readonly PolicyChange[];
  readonly reviews: readonly Review[];
  readonly nudges: readonly Nudge[];
  readonly resets: readonly ResetNotice[];
};

/** What became of a step that was crossed. */
export type Nudge = {
  readonly period: number;
  readonly threshold: number;
  readonly dimension: Dimension;
  readonly decision: NudgeDecision;
  readonly at: Instant;
};

/** A running period that was put under another policy: what was decided before was decided by the former one. */
export type PolicyChange = {
  readonly period: number;
  /** The account's version that it raised. */
  readonly version: number;
  readonly former: PolicyVersion;
  readonly policyVersion: PolicyVersion;
  readonly at: Instant;
};

export type ResetNotice = { readonly period: number; readonly text: string; readonly at: Instant };

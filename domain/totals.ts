import type { Command } from './account/command.ts';
import type { Entitlement } from './account/entitlement.ts';
import type { Dimension } from './account/state.ts';
import type { Arm } from './growth/arm.ts';
import type { LimitHit } from './growth/limit-streak.ts';
import { type AppId, type UserId, appId, userId } from './ids.ts';
import type { Instant, Milliseconds } from './instant.ts';
import type { MicroUsd } from './money.ts';
import type { OpenReview } from './risk/open-review.ts';

/**
 * What the ledger tells an account's workflow: absolute facts, never deltas, ordered by `(epoch, seq)`. Repeated, late or
 * reordered, the newest wins and nothing is lost.
 */
export type AccountTotals = {
  readonly v: 1;
  readonly appId: AppId;
  readonly userId: UserId;
  /** Rises when a backup is restored; within an epoch `seq` is the account's version. */
  readonly epoch: number;
  readonly seq: number;
  /** App clock less real clock: 0 for live apps, a test clock's offset for sandbox apps. */
  readonly clockOffset: Milliseconds;
  /** Spreads the announcements of resets; nothing waits for them. */
  readonly resetJitter: Milliseconds;
  readonly entitlement: Entitlement;
  /** Commands not folded into `entitlement` yet, in their order. */
  readonly commands: readonly Command[];
  /** Score of the newest review, 0 if there was none. */
  readonly riskScore: number;
  /** The review that waits for a person, null where none does; a ledger older than this field leaves it out. */
  readonly review?: OpenReview | null;
  /** The newest periods whose limit was hit, by number; absent from older ledgers. */
  readonly limitHits?: readonly LimitHit[];
  /** The request that is told of last, as W3C Trace Context writes it; absent where nobody traces. */
  readonly traceparent?: string;
  /** The current period, those changed since the last acknowledgement and ended ones not accounted for, by number. */
  readonly periods: readonly PeriodTotals[];
};

export type PeriodTotals = {
  readonly number: number;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly timeZone: string;
  readonly plan: string;
  readonly sessionsUsed: number;
  readonly sessionsLimit: number;
  readonly spent: MicroUsd;
  readonly held: MicroUsd;
  readonly visibleBudget: MicroUsd;
  readonly hardBudget: MicroUsd;
  readonly overshoot: MicroUsd;
  readonly percent: number;
  readonly crossings: readonly CrossingTotals[];
  /** All that followed from its end was decided. Absent from older ledgers, as is what is below. */
  readonly accounted?: boolean;
  /** When its reset is told to be near, null where the policy says nothing of it. */
  readonly soonAt?: Instant | null;
  /** Null where the policy holds nobody out. */
  readonly arm?: Arm | null;
};

export type CrossingTotals = {
  readonly threshold: number;
  readonly dimension: Dimension;
  readonly at: Instant;
  /** What was decided of it, null as long as nothing was. */
  readonly decided: NudgeDecision | null;
};

/** `withheld`: the account is held out of the ladder. */
export type NudgeDecision = 'delivered' | 'passed' | 'lapsed' | 'withheld';

/** True where `next` says something newer than `known`. */
export const isNewer = (
  next: Pick<AccountTotals, 'epoch' | 'seq'>,
  known: Pick<AccountTotals, 'epoch' | 'seq'>,
): boolean => next.epoch > known.epoch || (next.epoch === known.epoch && next.seq > known.seq);

/** The name under which an account's workflow runs: opaque ids only, since Temporal never encrypts it. */
export const workflowIdOf = (app: AppId, user: UserId): string => `free-tier/${app}/${user}`;

/** Whose workflow it is; null where the name is another's. Ids of apps hold no slash. */
export function accountOfWorkflow(
  workflowId: string,
): { readonly appId: AppId; readonly userId: UserId } | null {
  const [, app, user] = /^free-tier\/([^/]+)\/(.+)$/s.exec(workflowId) ?? [];
  return app === undefined || user === undefined ? null : { appId: appId(app), userId: userId(user) };
}

import type { Command } from '../account/command.ts';
import type { Standing } from '../account/standing.ts';
import type { Dimension, RiskSignal, SessionEnd } from '../account/state.ts';
import type { BindingLimit } from '../allowance/limits.ts';
import type { AuthorizationId, PolicyVersion, ReviewId, SessionId, UsageEventId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { MicroUsd } from '../money.ts';
import type { Tier } from '../policy/document.ts';
import type { NudgeDecision } from '../totals.ts';
import type { Check, TierReason } from './explanation.ts';

/** One entry of an account's story: what happened, when, and the figures it stood on. */
export type Entry = {
  readonly id: string;
  readonly at: Instant;
  readonly version: number | null;
  readonly period: number | null;
} & (
  | PeriodOpened
  | SessionAdmitted
  | SessionRefused
  | CallAuthorized
  | AuthorizationExpired
  | UsageCounted
  | SessionEnded
  | StepCrossed
  | NudgeDecided
  | ResetAnnounced
  | ReviewOpened
  | Acted
  | PolicyChanged
);

type PeriodOpened = {
  readonly kind: 'period_opened';
  readonly endsAt: Instant;
  readonly timeZone: string;
  readonly plan: string;
  readonly policyVersion: PolicyVersion;
};

export type SessionAdmitted = {
  readonly kind: 'session_admitted';
  readonly session: SessionId;
  readonly tier: Tier;
  /** Null where the replay does not come to the same tier. */
  readonly because: TierReason | null;
  readonly hold: MicroUsd;
  readonly spent: MicroUsd;
  readonly held: MicroUsd;
  readonly checks: readonly Check[];
};

export type SessionRefused = {
  readonly kind: 'session_refused';
  readonly attempts: number;
  /** Every limit that bound, the one that was named first; empty where the rows no longer tell. */
  readonly binding: readonly BindingLimit[];
  readonly checks: readonly Check[];
};

type CallAuthorized = {
  readonly kind: 'call_authorized';
  readonly authorization: AuthorizationId;
  readonly session: SessionId;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reserved: MicroUsd;
  readonly expiresAt: Instant;
};

type AuthorizationExpired = {
  readonly kind: 'authorization_expired';
  readonly authorization: AuthorizationId;
  readonly session: SessionId;
  readonly reserved: MicroUsd;
  /** Its session had ended unused, and could only now be given back. */
  readonly givenBack: boolean;
};

export type UsageCounted = {
  readonly kind: 'usage_counted';
  readonly event: UsageEventId;
  readonly session: SessionId;
  readonly authorization: AuthorizationId | null;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly occurredAt: Instant;
  readonly cost: MicroUsd;
  readonly fromHold: MicroUsd;
  readonly overshoot: MicroUsd;
  /** Of the period, with this event. */
  readonly spent: MicroUsd;
  readonly held: MicroUsd;
  /** The session had ended before. */
  readonly late: boolean;
  /** The session had been given back, and counts again. */
  readonly takenAgain: boolean;
};

export type SessionEnded = {
  readonly kind: 'session_ended';
  readonly session: SessionId;
  readonly end: SessionEnd;
  readonly spent: MicroUsd;
  readonly released: MicroUsd;
  readonly givenBack: boolean;
  readonly sessionsUsed: number;
};

export type StepCrossed = {
  readonly kind: 'step_crossed';
  readonly threshold: number;
  readonly dimension: Dimension;
  readonly sessionsUsed: number;
  readonly sessionsLimit: number;
  readonly spent: MicroUsd;
  readonly visibleBudget: MicroUsd;
};

type NudgeDecided = {
  readonly kind: 'nudge_decided';
  readonly threshold: number;
  readonly dimension: Dimension;
  readonly decision: NudgeDecision;
};

type ResetAnnounced = { readonly kind: 'reset_announced'; readonly notice: string };

type ReviewOpened = {
  readonly kind: 'review_opened';
  readonly review: ReviewId;
  readonly score: number;
  readonly signals: readonly RiskSignal[];
  readonly dueAt: Instant;
};

type PolicyChanged = {
  readonly kind: 'policy_changed';
  readonly former: PolicyVersion;
  readonly policyVersion: PolicyVersion;
};

export type Acted = {
  readonly kind: 'act';
  readonly command: Command;
  readonly standingBefore: Standing;
  readonly standing: Standing;
};

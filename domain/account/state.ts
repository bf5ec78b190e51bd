import type { DayWindow } from '../calendar.ts';
import type {
  AppId,
  AuthorizationId,
  PolicyVersion,
  ReviewId,
  SessionId,
  UsageEventId,
  UserId,
} from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { MicroUsd } from '../money.ts';
import type { Tier } from '../policy/document.ts';
import type { Command, IssuedCommand } from './command.ts';
import type { Entitlement } from './entitlement.ts';

/** What the ledger knows of one account, as plain data: every decision reads it and returns the next one. */
export type AccountState = {
  readonly account: Account;
  /** The current period and those of the sessions below. */
  readonly periods: readonly Period[];
  /** Every session still open, those with an open authorization, and the one a request addresses. */
  readonly sessions: readonly Session[];
  /** Every open authorization, and the one a request addresses. */
  readonly authorizations: readonly Authorization[];
  /** Commands above `entitlement.foldedThrough`. */
  readonly commands: readonly Command[];
  /** Rows that this decision adds and never changes again. */
  readonly added: Added;
  /** Where there is no account, but was one of this id that was erased in a period that still runs. */
  readonly tombstone?: Tombstone;
};

export type Added = {
  readonly usageEvents: readonly UsageEvent[];
  readonly crossings: readonly Crossing[];
  readonly commands: readonly IssuedCommand[];
  readonly reviews: readonly Review[];
};

export const nothingAdded: Added = { usageEvents: [], crossings: [], commands: [], reviews: [] };

export type Account = {
  readonly appId: AppId;
  readonly userId: UserId;
  /** Raised by one in every commit; the ledger refuses a commit that stood on another. 0: not yet stored. */
  readonly version: number;
  readonly registeredAt: Instant;
  /** False where the account was registered by first contact: its age then says nothing. */
  readonly registrationGiven: boolean;
  /** Zone and plan asked for; a change takes effect where the current period ends. */
  readonly timeZone: string;
  readonly plan: string | null;
  readonly locale: string;
  readonly email: string | null;
  readonly registration: Readonly<Record<string, string>> | null;
  readonly currentPeriod: number | null;
  readonly day: Day | null;
  /** Instants of the last 32 attempts, refused ones too, oldest first. */
  readonly recentAttempts: readonly Instant[];
  /** Sketches of the last 32 inputs, oldest first. */
  readonly recentInputs: readonly string[];
  readonly entitlement: Entitlement;
  readonly lastCommand: number;
};

export type Day = DayWindow & {
  readonly sessions: number;
  readonly spent: MicroUsd;
  /** Saturates at 255. */
  readonly attempts: number;
  /** Sessions given back today because nothing was used in them. */
  readonly refunds: number;
};

export type Period = {
  readonly number: number;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly timeZone: string;
  readonly plan: string;
  readonly policyVersion: PolicyVersion;
  readonly sessionsUsed: number;
  readonly spent: MicroUsd;
  readonly held: MicroUsd;
  /** Usage beyond the holds of its sessions, summed. */
  readonly overshoot: MicroUsd;
  /** Percents of the ladder already crossed, rising. */
  readonly crossed: readonly number[];
  /** What was drawn of grants, by grant, other than what this period draws of those that still run. */
  readonly drawnBefore: Readonly<Record<string, Drawn>>;
  /** What of the figures above an erased account of the same id had used; no rows tell of it any more. */
  readonly carried?: Carried;
};

export type Carried = {
  readonly sessions: number;
  readonly spent: MicroUsd;
  readonly overshoot: MicroUsd;
};

/**
 * What is kept of an erased account, under a keyed hash of its id, until its period ends: how much of the period and day was
 * used. An id that comes back goes on from there, so that erasing fills nothing up.
 */
export type Tombstone = {
  readonly period: Pick<
    Period,
    | 'number'
    | 'startsAt'
    | 'endsAt'
    | 'timeZone'
    | 'plan'
    | 'policyVersion'
    | 'sessionsUsed'
    | 'spent'
    | 'overshoot'
  >;
  readonly day: Day | null;
};

export type DrawnAmount = { readonly sessions: number; readonly spent: MicroUsd };

/** What earlier periods drew of a grant, and what this one did, known once the grant has ended within it. */
export type Drawn = DrawnAmount & { readonly here?: DrawnAmount };

export type SessionEnd = 'ended' | 'expired';

export type Session = {
  readonly id: SessionId;
  readonly period: number;
  readonly date: string;
  readonly tier: Tier;
  /** What was held when the session was admitted. */
  readonly cap: MicroUsd;
  readonly held: MicroUsd;
  readonly spent: MicroUsd;
  readonly overshoot: MicroUsd;
  readonly usageEvents: number;
  /** Input and output tokens of its calls. */
  readonly tokens: number;
  readonly startedAt: Instant;
  readonly expiresAt: Instant;
  readonly endedAt: Instant | null;
  readonly end: SessionEnd | null;
  /** The account's version that admitted it, and the one that ended it: the story's order. */
  readonly admittedVersion: number;
  readonly endedVersion: number | null;
  /** False once the session was given back because nothing was used in it. */
  readonly counted: boolean;
  /** The account's version that gave it back; it stays when late usage takes the session again. */
  readonly givenBackVersion: number | null;
  readonly client: Readonly<Record<string, string>> | null;
  readonly metadata: Readonly<Record<string, string>> | null;
};

/** One call's worst price, reserved inside its session's hold until usage settles it or it expires. */
export type Authorization = {
  readonly id: AuthorizationId;
  readonly sessionId: SessionId;
  readonly model: string;
  readonly inputTokens: number;
  /** The output tokens that were granted. */
  readonly outputTokens: number;
  readonly reserved: MicroUsd;
  readonly authorizedAt: Instant;
  readonly expiresAt: Instant;
  readonly closedAt: Instant | null;
  readonly close: AuthorizationClose | null;
  /** Tells a repeat of the same request from another request under its id. */
  readonly fingerprint: string;
  /** The account's version that granted it. */
  readonly version: number;
  /** Whose prices it reserved by. */
  readonly policyVersion: PolicyVersion;
};

export type AuthorizationClose = 'used' | 'expired';

export type UsageEvent = {
  readonly id: UsageEventId;
  readonly sessionId: SessionId;
  readonly period: number;
  /** The account's version that counted it. */
  readonly version: number;
  /** Its place among the events of that version: a batch counts many. */
  readonly ordinal: number;
  readonly cost: MicroUsd;
  /** What of the cost no hold covered. */
  readonly overshoot: MicroUsd;
  readonly authorizationId: AuthorizationId | null;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  /** Tells a repeat of the same event from another event under its id. */
  readonly fingerprint: string;
};

/** Which dimension led when a step of the ladder was crossed. */
export type Dimension = 'sessions' | 'usage';

export type Crossing = {
  readonly period: number;
  readonly threshold: number;
  readonly dimension: Dimension;
  readonly at: Instant;
  /** The account's version that crossed it. */
  readonly version: number;
  /** How many events of that version had been counted. */
  readonly ordinal: number;
};

export type RiskSignal = { readonly name: string; readonly points: number; readonly detail: string };

export type Review = {
  readonly id: ReviewId;
  readonly openedAt: Instant;
  readonly dueAt: Instant;
  readonly score: number;
  readonly signals: readonly RiskSignal[];
};

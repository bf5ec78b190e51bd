import { type Instant, earliest } from '../instant.ts';
import type { MicroUsd } from '../money.ts';

/**
 * What a person put over or added to an account's plan for a while, `[from, until)`. Modifiers are evaluated by time, so a
 * change that starts or ends later needs nobody to be awake. `id` is the key of the command that made it.
 */
export type Modifier = Grant | Override;

type Base = {
  readonly id: string;
  readonly from: Instant;
  /** Null: until it is withdrawn. */
  readonly until: Instant | null;
  /** The lowest is drawn first among grants; the highest rules among overrides, then the newest. */
  readonly priority: number;
  readonly by: string;
  readonly reason: string;
};

/** Extra sessions and dollars on top of the plan, drawn down once, over as many periods as it lasts. */
export type Grant = Base & { readonly kind: 'grant'; readonly sessions: number; readonly spend: MicroUsd };

/** Limits that hold instead of the plan's. */
export type Override = Base & { readonly kind: 'override'; readonly limits: LimitChanges };

/** The limits that an override may replace; null lifts the limits that a plan may leave out. */
export type LimitChanges = {
  readonly sessionsPerDay?: number | null;
  readonly sessionsPerPeriod?: number;
  readonly concurrentSessions?: number;
  /** Before the buffer's share is taken off, as `budget.per_month` of a plan. */
  readonly hardBudget?: MicroUsd;
  readonly dailyBudget?: MicroUsd | null;
  readonly sessionCap?: MicroUsd;
  readonly sessionTokens?: number | null;
};

export const isInForce = (modifier: Modifier, now: Instant): boolean =>
  modifier.from <= now && (modifier.until === null || now < modifier.until);

/** The next instant at which one of them starts or ends: a decision made before it says nothing about what is after it. */
export const nextChange = (modifiers: readonly Modifier[], now: Instant): Instant | null =>
  earliest(
    modifiers
      .flatMap(({ from, until }) => [from, until])
      .filter((at) => at !== null)
      .filter((at) => at > now),
  );

import type { Command } from '../domain/account/command.ts';
import { type Entitlement, firstEntitlement } from '../domain/account/entitlement.ts';
import type { LimitHit } from '../domain/growth/limit-streak.ts';
import type { AppId, UserId } from '../domain/ids.ts';
import type { Instant, Milliseconds } from '../domain/instant.ts';
import type { OpenReview, ReviewProgress } from '../domain/risk/open-review.ts';
import type { PeriodTotals } from '../domain/totals.ts';
import type { HumanAct } from '../activities/free-tier-activities.ts';

/** What the workflow of one account knows: plain JSON with a version, carried whole through continue-as-new. */
export type FreeTierState = {
  readonly v: 1;
  readonly appId: AppId;
  readonly userId: UserId;
  /** The newest totals taken in; `(0, 0)` before the first. */
  readonly epoch: number;
  readonly seq: number;
  readonly clockOffset: Milliseconds;
  readonly resetJitter: Milliseconds;
  readonly riskScore: number;
  /** The review that waits for a person, and what was done about its due date. */
  readonly review: OpenReview | null;
  readonly reviewProgress: ReviewProgress | null;
  readonly entitlement: Entitlement;
  /** Commands that the entitlement does not hold yet. */
  readonly commands: readonly Command[];
  /** The current period, last, and ended ones that still have something to be decided. */
  readonly periods: readonly PeriodTotals[];
  /** The highest period whose opening was announced, or needed no announcement. */
  readonly announced: number;
  /** Ended periods of which all was decided and the ledger does not know it yet. */
  readonly accounted: readonly number[];
  /** The highest period whose reset was told to be near. */
  readonly soonAnnounced: number;
  /** The newest periods whose limit was hit, and how many in a row before the current one. */
  readonly limitHits: readonly LimitHit[];
  readonly limitStreak: number;
  /** What the ledger was last told that we have taken in. */
  readonly acknowledged: Acknowledged | null;
  /** Acts typed by people that the ledger has not heard of. */
  readonly acts: readonly HumanAct[];
  readonly actsTaken: number;
  /** Number the acts of each kind, so that each has a key of its own across all runs. */
  readonly actsOfKind: Readonly<Record<HumanAct['decision'], number>>;
  /** For the eyes of operators, newest last. */
  readonly journal: readonly JournalEntry[];
  /** The request that was told of last, for whoever traces; null where nobody does. */
  readonly traceparent: string | null;
};

export type Acknowledged = {
  readonly epoch: number;
  readonly seq: number;
  readonly wakeAt: Instant | null;
};

export type JournalEntry = { readonly kind: 'act' | 'problem'; readonly at: Instant; readonly text: string };

/** How the relay starts an account's workflow: what it is to know comes with the signal. */
export type FreeTierStart = { readonly v: 1; readonly appId: AppId; readonly userId: UserId };

const firstState = (start: FreeTierStart): FreeTierState => ({
  v: 1,
  appId: start.appId,
  userId: start.userId,
  epoch: 0,
  seq: 0,
  clockOffset: 0,
  resetJitter: 0,
  riskScore: 0,
  review: null,
  reviewProgress: null,
  entitlement: firstEntitlement,
  commands: [],
  periods: [],
  announced: 0,
  accounted: [],
  soonAnnounced: 0,
  limitHits: [],
  limitStreak: 0,
  acknowledged: null,
  acts: [],
  actsTaken: 0,
  actsOfKind: { approve: 0, reject: 0, recheck: 0, extend: 0 },
  journal: [],
  traceparent: null,
});

/** The state a run begins with. One that older code carried over gets what it lacks. */
export const stateOf = (start: FreeTierStart | (FreeTierStart & Partial<FreeTierState>)): FreeTierState => ({
  ...firstState(start),
  ...start,
});

const entriesKept: Readonly<Record<JournalEntry['kind'], number>> = { act: 5, problem: 3 };

/** Whatever was typed: a line of the journal is never longer, so that the state stays small. */
const longestText = 500;

/** Adds a line to the journal and drops the oldest of its kind. */
export function noted(state: FreeTierState, entry: JournalEntry): FreeTierState {
  const same = state.journal.filter((candidate) => candidate.kind === entry.kind);
  const dropped = same.length >= entriesKept[entry.kind] ? same[0] : undefined;
  return {
    ...state,
    journal: [
      ...state.journal.filter((candidate) => candidate !== dropped),
      { ...entry, text: entry.text.slice(0, longestText) },
    ],
  };
}

/** The review that holds the account where it stands: one that was decided is none, whatever totals are on their way. */
export const openReviewOf = ({ review, entitlement }: FreeTierState): OpenReview | null =>
  review !== null && entitlement.standing !== 'suspended' && entitlement.reviewId === review.id
    ? review
    : null;

export const currentPeriodOf = (state: FreeTierState): PeriodTotals | null => state.periods.at(-1) ?? null;

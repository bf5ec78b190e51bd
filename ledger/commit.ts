import type { AccountState, Authorization, Period, Session } from '../domain/account/state.ts';
import type { Instant, Milliseconds } from '../domain/instant.ts';
import type { Telling } from '../domain/telling.ts';
import type { AppStand, Lookup, StoredAnswer } from './account-snapshot.ts';
import { isOnlyInUse } from './rows/account.ts';

/** What was decided on one account, and what the decision stood on. */
export type Commit = {
  /** What is read where it misses. */
  readonly lookup: Lookup;
  /** Ids and keys of the lookup that it took for new. */
  readonly takenForNew: {
    readonly eventIds: readonly string[];
    readonly authorizationIds: readonly string[];
    readonly answerKeys: readonly string[];
  };
  readonly before: AccountState;
  readonly after: AccountState;
  readonly app: AppStand;
  /** The database's clock, not the app's, when it was decided. */
  readonly decidedAt: number;
  /** The decision holds only before this instant: the end of the period or day it judged. Null: it judged none. */
  readonly validUntil: Instant | null;
  readonly telling: Telling;
  /** The request that is told of, null where nobody traces. */
  readonly traceparent: string | null;
  /** The least time between two paced tellings, and the most for what is told soon, on the real clock. */
  readonly pace: Milliseconds;
  /** Set when the workflow must wake no later than this; null where nothing new is due. */
  readonly wakeAt: Instant | null;
  readonly answers: readonly StoredAnswer[];
};

const changedRows = <Row>(before: readonly Row[], after: readonly Row[]): readonly Row[] =>
  before === after ? [] : after.filter((row) => !before.includes(row));

export const hasChanged = (before: AccountState, after: AccountState): boolean =>
  before.account !== after.account ||
  changedRows(before.periods, after.periods).length > 0 ||
  changedRows(before.sessions, after.sessions).length > 0 ||
  changedRows(before.authorizations, after.authorizations).length > 0 ||
  before.added !== after.added;

type MadeOrChanged<Row> = {
  /** Not in the ledger yet. */
  readonly made: readonly Row[];
  readonly changed: readonly Row[];
};

/** What a commit writes. */
type Changes = {
  readonly isNothing: boolean;
  /** More of the account's own row than ordinary use changes. */
  readonly isWholeAccount: boolean;
  readonly periods: MadeOrChanged<Period>;
  readonly sessions: MadeOrChanged<Session>;
  readonly authorizations: readonly Authorization[];
};

function madeOrChanged<Row>(
  before: readonly Row[],
  after: readonly Row[],
  isSame: (one: Row, other: Row) => boolean,
): MadeOrChanged<Row> {
  const rows = changedRows(before, after);
  const isMade = (row: Row): boolean => !before.some((known) => isSame(known, row));
  return { made: rows.filter(isMade), changed: rows.filter((row) => !isMade(row)) };
}

export function changesOf({ before, after }: Commit): Changes {
  const isNothing = !hasChanged(before, after);
  return {
    isNothing,
    isWholeAccount: !isNothing && !isOnlyInUse(before.account, after.account),
    periods: madeOrChanged(before.periods, after.periods, (one, other) => one.number === other.number),
    sessions: madeOrChanged(before.sessions, after.sessions, (one, other) => one.id === other.id),
    authorizations: changedRows(before.authorizations, after.authorizations),
  };
}

/** A commit among those of a statement: `item` is its place. */
export type Numbered = { readonly item: number; readonly commit: Commit; readonly changes: Changes };

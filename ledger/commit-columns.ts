import type { AccountState } from '../domain/account/state.ts';
import type { Instant, Milliseconds } from '../domain/instant.ts';
import type { Telling } from '../domain/telling.ts';
import type { AppStand, Lookup, StoredAnswer } from './account-snapshot.ts';
import type { Column } from './columns.ts';
import { accountInUseColumns, accountToRow, isOnlyInUse } from './rows/account.ts';

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

export const changedRows = <Item>(before: readonly Item[], after: readonly Item[]): readonly Item[] =>
  before === after ? [] : after.filter((item) => !before.includes(item));

export const hasChanged = (before: AccountState, after: AccountState): boolean =>
  before.account !== after.account ||
  changedRows(before.periods, after.periods).length > 0 ||
  changedRows(before.sessions, after.sessions).length > 0 ||
  changedRows(before.authorizations, after.authorizations).length > 0 ||
  before.added !== after.added;

const wholeAccount = ({ before, after }: Commit) =>
  hasChanged(before, after) && !isOnlyInUse(before.account, after.account)
    ? accountToRow(after.account)
    : null;

/** Null where there are none, so that a column of nothing else is not sent. */
const listed = (ids: readonly string[]): readonly string[] | null => (ids.length === 0 ? null : ids);

/** What a decision stands on, and what the outbox is told of it. */
export const standColumns: readonly Column<Commit>[] = [
  { name: 'app_id', type: 'text', of: ({ lookup }) => lookup.app_id },
  { name: 'user_id', type: 'text', of: ({ lookup }) => lookup.user_id },
  {
    name: 'session_ids',
    type: 'texts',
    // Only a new authorization is looked for by its session.
    of: ({ lookup, takenForNew }) => (takenForNew.authorizationIds.length === 0 ? null : lookup.session_ids),
  },
  { name: 'new_event_ids', type: 'texts', of: ({ takenForNew }) => listed(takenForNew.eventIds) },
  {
    name: 'new_authorization_ids',
    type: 'texts',
    of: ({ takenForNew }) => listed(takenForNew.authorizationIds),
  },
  { name: 'new_answer_keys', type: 'texts', of: ({ takenForNew }) => listed(takenForNew.answerKeys) },
  { name: 'base', type: 'bigint', of: ({ before }) => before.account.version },
  { name: 'writes', type: 'boolean', of: ({ before, after }) => hasChanged(before, after) },
  { name: 'clock_offset', type: 'bigint', of: ({ app }) => app.clockOffset },
  { name: 'stood_on_policy', type: 'text', of: ({ app }) => app.policyVersion },
  { name: 'decided_at', type: 'bigint', of: ({ decidedAt }) => decidedAt },
  { name: 'valid_until', type: 'bigint', of: ({ validUntil }) => validUntil },
  { name: 'telling', type: 'text', of: ({ telling }) => telling.how },
  { name: 'unless_since', type: 'bigint', of: ({ telling }) => telling.unlessSince },
  { name: 'traceparent', type: 'text', of: ({ traceparent }) => traceparent },
  { name: 'wake_at', type: 'instant', of: ({ wakeAt }) => wakeAt },
  { name: 'pace', type: 'bigint', of: ({ pace }) => pace },
  // Null where ordinary use is all that changed.
  { name: 'whole', type: 'json', of: wholeAccount },
  ...accountInUseColumns.map(({ name, type, of }) => ({
    name,
    type,
    of: ({ after }: Commit) => of(after.account),
  })),
];

const parameterOf = (column: string): string =>
  `$${2 + standColumns.findIndex(({ name }) => name === column)}`;

/** Whose decision an item is: the stand columns are `$2` and those after it, an item is its place in them. */
export const ownerOf = (item: string): string =>
  ['app_id', 'user_id'].map((column) => `(${parameterOf(column)}::text[])[${item} + 1]`).join(', ');

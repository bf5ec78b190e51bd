import type { Column } from './columns.ts';
import type { Numbered } from './commit.ts';
import type { Part } from './commit-parts.ts';
import { accountInUseColumns, accountToRow } from './rows/account.ts';

type StandColumn = Column<Numbered> & {
  /** Null: in every statement. */
  readonly part: Part | null;
};

const inEvery = (columns: readonly Column<Numbered>[]): readonly StandColumn[] =>
  columns.map((column) => ({ ...column, part: null }));

const inPart = (part: Part, columns: readonly Column<Numbered>[]): readonly StandColumn[] =>
  columns.map((column) => ({ ...column, part }));

/** What a decision stands on, and the database looks at by itself. */
const conditions: readonly StandColumn[] = [
  ...inEvery([
    { name: 'clock_offset', type: 'bigint', of: ({ commit: { app } }) => app.clockOffset },
    { name: 'stood_on_policy', type: 'text', of: ({ commit: { app } }) => app.policyVersion },
    { name: 'decided_at', type: 'bigint', of: ({ commit: { decidedAt } }) => decidedAt },
    { name: 'valid_until', type: 'bigint', of: ({ commit: { validUntil } }) => validUntil },
  ]),
  ...inPart('usage', [
    { name: 'new_event_ids', type: 'texts', of: ({ commit: { takenForNew } }) => takenForNew.eventIds },
  ]),
  ...inPart('authorizations', [
    { name: 'session_ids', type: 'texts', of: ({ commit: { lookup } }) => lookup.session_ids },
    {
      name: 'new_authorization_ids',
      type: 'texts',
      of: ({ commit: { takenForNew } }) => takenForNew.authorizationIds,
    },
  ]),
  ...inPart('answers', [
    { name: 'new_answer_keys', type: 'texts', of: ({ commit: { takenForNew } }) => takenForNew.answerKeys },
  ]),
];

/** Whose account it is, what becomes of its row, and what the outbox is told. */
const accounts: readonly StandColumn[] = [
  ...inEvery([
    { name: 'app_id', type: 'text', of: ({ commit: { lookup } }) => lookup.app_id },
    { name: 'user_id', type: 'text', of: ({ commit: { lookup } }) => lookup.user_id },
    { name: 'base', type: 'bigint', of: ({ commit: { before } }) => before.account.version },
    ...accountInUseColumns.map(({ name, type, of }) => ({
      name,
      type,
      of: ({ commit: { after } }: Numbered) => of(after.account),
    })),
  ]),
  ...inPart('standing', [{ name: 'writes', type: 'boolean', of: ({ changes }) => !changes.isNothing }]),
  ...inPart('marks', [
    { name: 'telling', type: 'text', of: ({ commit: { telling } }) => telling.how },
    { name: 'unless_since', type: 'bigint', of: ({ commit: { telling } }) => telling.unlessSince },
    { name: 'traceparent', type: 'text', of: ({ commit: { traceparent } }) => traceparent },
    { name: 'wake_at', type: 'instant', of: ({ commit: { wakeAt } }) => wakeAt },
    { name: 'pace', type: 'bigint', of: ({ commit: { pace } }) => pace },
  ]),
  ...inPart('rest', [
    {
      name: 'whole',
      type: 'json',
      // Null where ordinary use is all that changed.
      of: ({ commit: { after }, changes }) => (changes.isWholeAccount ? accountToRow(after.account) : null),
    },
  ]),
];

const withParts = (columns: readonly StandColumn[], parts: readonly Part[]): readonly Column<Numbered>[] =>
  columns.filter(({ part }) => part === null || parts.includes(part));

/** What a statement goes on with once a decision was found to stand. */
export const accountColumnsOf = (parts: readonly Part[]): readonly Column<Numbered>[] =>
  withParts(accounts, parts);

/** The same, and what is looked at to find that. */
export const standColumnsOf = (parts: readonly Part[]): readonly Column<Numbered>[] => [
  ...accountColumnsOf(parts),
  ...withParts(conditions, parts),
];

const parameterOf = (column: string): string => `$${2 + accounts.findIndex(({ name }) => name === column)}`;

/** Whose decision an item is: the stand columns are `$2` and those after it, an item is its place in them. */
export const ownerOf = (item: string): string =>
  ['app_id', 'user_id'].map((column) => `(${parameterOf(column)}::text[])[${item} + 1]`).join(', ');

import { type Column, isAmong, namesOf, parametersOf, readFrom, rowsOf, widthOf } from './columns.ts';
import type { Numbered } from './commit.ts';
import { ownerOf } from './commit-columns.ts';
import type { Part } from './commit-parts.ts';
import { authorizationToRow } from './rows/authorization.ts';
import { commandToRow, reviewToRow } from './rows/command.ts';
import { crossingToRow } from './rows/crossing.ts';
import { periodColumns, periodInUseColumns, periodKey } from './rows/period.ts';
import {
  asAdmitted,
  expiresAtColumn,
  newSessionColumns,
  sessionInUseColumns,
  sessionKey,
} from './rows/session.ts';
import { usageEventColumns } from './rows/usage-event.ts';

/** Rows of one table that commits carry: what writes them, and the parameters it takes. */
export type RowSet = {
  /** Null: in every statement. */
  readonly part: Part | null;
  /** How many parameters it takes. */
  readonly width: number;
  /** @param first the number of its first parameter */
  readonly write: (first: number) => string;
  readonly parameters: (commits: readonly Numbered[]) => readonly string[];
};

const itemRows = <Row>(commits: readonly Numbered[], of: (commit: Numbered) => readonly Row[]) =>
  commits.flatMap((commit) => of(commit).map((row) => ({ item: commit.item, of: row })));

type ColumnSet<Row> = {
  readonly part: Part | null;
  readonly table: string;
  readonly columns: readonly Column<Row>[];
  readonly of: (commit: Numbered) => readonly Row[];
};

/**
 * Rows that the ledger does not have.
 * @param derived columns that need no parameter of their own, as SQL over `n`
 */
function inserted<Row>(
  { part, table, columns, of }: ColumnSet<Row>,
  derived: Readonly<Record<string, string>> = {},
): RowSet {
  const names = [namesOf(columns), ...Object.keys(derived)].join(', ');
  const reads = [...readFrom('n', columns), ...Object.values(derived)].join(', ');
  return {
    part,
    width: widthOf(columns),
    write: (first) => `
), new_${table} as (
  insert into ${table} (app_id, user_id, ${names})
  select ${ownerOf('n.item')}, ${reads}
  from ${rowsOf('n', columns, first)}
  where ${isAmong('n.item', 'won')}`,
    parameters: (commits) => parametersOf(columns, itemRows(commits, of)),
  };
}

/** Rows that the ledger has, found by `key`. */
function updated<Row>({
  part,
  table,
  key,
  columns,
  of,
}: ColumnSet<Row> & { readonly key: readonly Column<Row>[] }): RowSet {
  const all = [...key, ...columns];
  const reads = readFrom('n', columns);
  return {
    part,
    width: widthOf(all),
    write: (first) => `
), changed_${table} as (
  update ${table} x set ${columns.map(({ name }, index) => `${name} = ${reads[index]}`).join(', ')}
  from ${rowsOf('n', all, first)}
  where ${isAmong('n.item', 'won')} and (x.app_id, x.user_id) = (${ownerOf('n.item')})
    and ${key.map(({ name }) => `x.${name} = n.${name}`).join(' and ')}`,
    parameters: (commits) => parametersOf(all, itemRows(commits, of)),
  };
}

/** For the tables that few decisions touch: one parameter that holds all rows. */
const inJson = (
  part: Part,
  of: (commit: Numbered) => readonly object[],
  write: (parameter: string) => string,
): RowSet => ({
  part,
  width: 1,
  write: (first) => write(`$${first}`),
  parameters: (commits) => [
    JSON.stringify(itemRows(commits, of).map(({ item, of: row }) => ({ item, ...row }))),
  ],
});

const newPeriods = inserted({
  part: 'rest',
  table: 'periods',
  columns: periodColumns,
  of: ({ commit: { after }, changes }) =>
    changes.periods.made.map((period) => ({ period, version: after.account.version })),
});

const periods = updated({
  part: null,
  table: 'periods',
  key: periodKey,
  columns: periodInUseColumns,
  of: ({ commit: { after }, changes }) =>
    changes.periods.changed.map((period) => ({ period, version: after.account.version })),
});

const newSessions = inserted(
  {
    part: 'starts',
    table: 'sessions',
    columns: newSessionColumns,
    of: ({ changes }) => changes.sessions.made.map(asAdmitted),
  },
  {
    held_micro_usd: 'n.cap_micro_usd',
    // When the sweeper first looks; later changes of `expires_at` touch no index.
    check_at: readFrom('n', [expiresAtColumn]).join(),
    spent_micro_usd: '0',
    overshoot_micro_usd: '0',
    usage_events: '0',
    tokens: '0',
    counted: 'true',
  },
);

const sessions = updated({
  part: 'sessions',
  table: 'sessions',
  key: sessionKey,
  columns: sessionInUseColumns,
  of: ({ changes }) => changes.sessions.changed,
});

const usageEvents = inserted({
  part: 'usage',
  table: 'usage_events',
  columns: usageEventColumns,
  of: ({ commit: { after } }) => after.added.usageEvents,
});

const authorizations = inJson(
  'authorizations',
  ({ changes }) => changes.authorizations.map(authorizationToRow),
  (rows) => `
), changed_authorizations as (
  insert into authorizations (
    app_id, user_id, session_id, authorization_id, model, input_tokens, output_tokens, reserved_micro_usd,
    authorized_at, expires_at, closed_at, close_reason, fingerprint, version, policy_version)
  select w.app_id, w.user_id, n.session_id, n.authorization_id, n.model, n.input_tokens, n.output_tokens,
    n.reserved_micro_usd, n.authorized_at, n.expires_at, n.closed_at, n.close_reason, n.fingerprint, n.version,
    n.policy_version
  from won w join json_to_recordset(${rows}) as n(
    item integer, session_id text, authorization_id text, model text, input_tokens integer, output_tokens integer,
    reserved_micro_usd bigint, authorized_at timestamptz, expires_at timestamptz, closed_at timestamptz,
    close_reason text, fingerprint text, version bigint, policy_version text) on n.item = w.item
  on conflict (app_id, session_id, authorization_id) do update set
    closed_at = excluded.closed_at, close_reason = excluded.close_reason`,
);

const crossings = inJson(
  'crossings',
  ({ commit: { after } }) => after.added.crossings.map(crossingToRow),
  (rows) => `
), new_crossings as (
  insert into crossings (app_id, user_id, period, threshold, dimension, crossed_at, version, ordinal)
  select w.app_id, w.user_id, n.period, n.threshold, n.dimension, n.crossed_at, n.version, n.ordinal
  from won w join json_to_recordset(${rows}) as n(
    item integer, period integer, threshold smallint, dimension text, crossed_at timestamptz, version bigint,
    ordinal integer) on n.item = w.item`,
);

const commands = inJson(
  'rest',
  ({ commit: { after } }) => after.added.commands.map(commandToRow),
  (rows) => `
), new_commands as (
  insert into commands (app_id, user_id, number, key, kind, details, issued_by, note, issued_at, version)
  select w.app_id, w.user_id, n.number, n.key, n.kind, n.details, n.issued_by, n.note, n.issued_at, n.version
  from won w join json_to_recordset(${rows}) as n(
    item integer, number integer, key text, kind text, details jsonb, issued_by text, note text,
    issued_at timestamptz, version bigint) on n.item = w.item
  returning app_id, user_id, number, key, kind, details, issued_by, note, issued_at
), new_user_events as (
  insert into user_events (app_id, user_id, event_id, kind, plan, note, occurred_at, recorded_at)
  select c.app_id, c.user_id, c.key, case c.kind when 'upgrade' then 'upgraded' else 'downgraded' end,
    c.details ->> 'plan', c.note, to_timestamp((c.details ->> 'occurredAt')::float8 / 1000), c.issued_at
  from new_commands c where c.kind in ('upgrade', 'downgrade')
), decided_reviews as (
  update reviews r set
    status = case c.kind when 'approve' then 'approved' when 'reject' then 'rejected' else 'released' end,
    decided_at = c.issued_at, decided_by = c.issued_by, note = c.note
  from (
    -- Of several words in one commit the last one stands.
    select distinct on (details ->> 'reviewId') * from new_commands
    where kind in ('approve', 'reject') or details ->> 'outcome' = 'released'
    order by details ->> 'reviewId', number desc
  ) c
  where c.details ->> 'reviewId' = r.review_id
    and r.review_id = any(array(select d.details ->> 'reviewId' from new_commands d))
), new_audit as (
  insert into audit (app_id, actor, act, subject, details, at)
  select c.app_id, c.issued_by, 'account.' || c.kind, c.user_id, c.details || jsonb_build_object('note', c.note),
    c.issued_at
  from new_commands c where c.kind <> 'flag'`,
);

const reviews = inJson(
  'rest',
  ({ commit: { after } }) => after.added.reviews.map(reviewToRow),
  (rows) => `
), new_reviews as (
  insert into reviews (app_id, user_id, review_id, opened_at, due_at, score, signals)
  select w.app_id, w.user_id, n.review_id, n.opened_at, n.due_at, n.score, n.signals
  from won w join json_to_recordset(${rows}) as n(
    item integer, review_id text, opened_at timestamptz, due_at timestamptz, score smallint, signals jsonb)
    on n.item = w.item`,
);

const answers = inJson(
  'answers',
  ({ commit }) => commit.answers,
  (rows) => `
), new_answers as (
  insert into answers (app_id, key, fingerprint, status, body)
  select w.app_id, n.key, n.fingerprint, n.status, n.body
  from won w join json_to_recordset(${rows}) as n(
    item integer, key text, fingerprint text, status smallint, body jsonb) on n.item = w.item`,
);

export const rowSets: readonly RowSet[] = [
  newPeriods,
  periods,
  newSessions,
  sessions,
  usageEvents,
  authorizations,
  crossings,
  commands,
  reviews,
  answers,
];

import type { AppMode } from '../domain/app-mode.ts';
import { newAccount } from '../domain/account/new-account.ts';
import {
  type AccountState,
  type Authorization,
  type Tombstone,
  nothingAdded,
} from '../domain/account/state.ts';
import {
  type AppId,
  type PolicyVersion,
  type SessionId,
  type UserId,
  policyVersion,
  userId,
} from '../domain/ids.ts';
import { type Instant, type Milliseconds, instant } from '../domain/instant.ts';
import { type AccountRow, accountFromRow } from './rows/account.ts';
import { type AuthorizationRow, authorizationFromRow } from './rows/authorization.ts';
import { type CommandRow, commandFromRow } from './rows/command.ts';
import { type PeriodRow, periodFromRow } from './rows/period.ts';
import { type SessionRow, sessionFromRow } from './rows/session.ts';

/** Which account a request is about: by its user, or by one of its sessions. */
export type Address = {
  readonly appId: AppId;
  readonly userId?: UserId;
  readonly sessionId?: SessionId;
  /** Looked up with the account, so that a repeat is known as one. */
  readonly usageEventIds?: readonly string[];
  readonly authorizationIds?: readonly string[];
  readonly idempotencyKey?: string;
};

/** What is read of one account for several requests at once. */
export type Lookup = {
  readonly app_id: AppId;
  readonly user_id: UserId | undefined;
  readonly session_ids: readonly string[];
  readonly event_ids: readonly string[];
  readonly authorization_ids: readonly string[];
  readonly answer_keys: readonly string[];
};

function given<Value>(values: readonly (Value | undefined)[]): readonly Value[] {
  const present = values.filter((value) => value !== undefined);
  return present.length < 2 ? present : [...new Set(present)];
}

/** @param addresses all of one account, or a single one */
export const lookupOf = (app: AppId, user: UserId | undefined, addresses: readonly Address[]): Lookup => ({
  app_id: app,
  user_id: user,
  session_ids: given(addresses.map(({ sessionId }) => sessionId)),
  event_ids: given(addresses.flatMap(({ usageEventIds }) => usageEventIds ?? [])),
  authorization_ids: given(addresses.flatMap(({ authorizationIds }) => authorizationIds ?? [])),
  answer_keys: given(addresses.map(({ idempotencyKey }) => idempotencyKey)),
});

/** The app an account lives in, as it stood when the account was read. */
export type AppStand = {
  /** App clock less database clock: 0 for live apps. */
  readonly clockOffset: Milliseconds;
  readonly mode: AppMode;
  readonly policyVersion: PolicyVersion;
};

/** What was done before under the ids and keys that a request carries. */
export type KnownRepeats = {
  readonly usageEvents: readonly StoredUsageEvent[];
  readonly answers: readonly StoredAnswer[];
};

/** An answer stored under an Idempotency-Key, to be given again. */
export type StoredAnswer = {
  readonly key: string;
  readonly fingerprint: string;
  readonly status: number;
  readonly body: unknown;
};

export type StoredUsageEvent = {
  readonly id: string;
  readonly sessionId: string;
  readonly fingerprint: string;
};

/** What a decision is made on. */
export type LoadedAccount = AppStand &
  KnownRepeats & {
    readonly state: AccountState;
    /** The app's clock: the database's plus a test clock's offset. */
    readonly now: Instant;
  };

/** Every policy that a decision on the account may ask for. */
export const policiesOf = ({
  policyVersion: inForce,
  state,
}: Pick<LoadedAccount, 'policyVersion' | 'state'>): readonly PolicyVersion[] => [
  inForce,
  ...[...state.periods, ...state.authorizations].map((row) => row.policyVersion),
];

export type SnapshotRow = {
  clock_offset_ms: number;
  mode: AppMode;
  policy_version: string;
  user_id: string;
  account: AccountRow | null;
  sessions: SessionRow[] | null;
  open_authorizations: AuthorizationRow[] | null;
  asked_authorizations?: AuthorizationRow[] | null;
  periods: PeriodRow[] | null;
  commands: CommandRow[] | null;
  usage_events?: StoredUsageEvent[] | null;
  answers?: StoredAnswer[] | null;
  tombstone: Tombstone | null;
};

const authorizationName = ({ sessionId, id }: Authorization): string => `${sessionId}/${id}`;

const byKey = <Row>(rows: readonly Row[], keyOf: (row: Row) => unknown): readonly Row[] => [
  ...new Map(rows.map((row) => [keyOf(row), row])).values(),
];

function stateFromRow(row: SnapshotRow, app: AppId, now: Instant): AccountState {
  if (row.account === null) {
    const account = newAccount(app, userId(row.user_id), now);
    return row.tombstone === null ? account : { ...account, tombstone: row.tombstone };
  }
  return {
    account: accountFromRow(row.account),
    periods: (row.periods ?? []).map(periodFromRow),
    sessions: (row.sessions ?? []).map(sessionFromRow),
    authorizations: byKey(
      [...(row.open_authorizations ?? []), ...(row.asked_authorizations ?? [])].map(authorizationFromRow),
      authorizationName,
    ),
    commands: (row.commands ?? []).map(commandFromRow),
    added: nothingAdded,
  };
}

/** `databaseNow`: the database's clock when the snapshot was taken. */
export function snapshotFromRow(row: SnapshotRow, app: AppId, databaseNow: number): LoadedAccount {
  const now = instant(databaseNow + row.clock_offset_ms);
  return {
    state: stateFromRow(row, app, now),
    now,
    clockOffset: row.clock_offset_ms,
    mode: row.mode,
    policyVersion: policyVersion(row.policy_version),
    usageEvents: row.usage_events ?? [],
    answers: row.answers ?? [],
  };
}

/** Two snapshots of one account at the same version, read for different requests, as one. Null: they are of different versions. */
export function mergedSnapshots(left: LoadedAccount, right: LoadedAccount): LoadedAccount | null {
  if (left.state.account.version !== right.state.account.version) return null;
  const { state } = right;
  return {
    ...right,
    state: {
      ...state,
      periods: byKey([...left.state.periods, ...state.periods], ({ number }) => number),
      sessions: byKey([...left.state.sessions, ...state.sessions], ({ id }) => id),
      authorizations: byKey([...left.state.authorizations, ...state.authorizations], authorizationName),
    },
    usageEvents: byKey([...left.usageEvents, ...right.usageEvents], ({ id }) => id),
    answers: byKey([...left.answers, ...right.answers], ({ key }) => key),
  };
}

import type { Entitlement } from '../../domain/account/entitlement.ts';
import type { Account, Day } from '../../domain/account/state.ts';
import type { AppId, UserId } from '../../domain/ids.ts';
import { instant } from '../../domain/instant.ts';
import { microUsd } from '../../domain/money.ts';
import type { Column } from '../columns.ts';
import { instantFromRow, instantToRow } from './instant.ts';

type Text = Readonly<Record<string, string>>;

/** Rows as JSON carries them: instants as ISO text, amounts as whole numbers. */
export type AccountRow = {
  app_id: string;
  user_id: string;
  version: number;
  registered_at: string;
  registration_given: boolean;
  time_zone: string;
  plan: string | null;
  locale: string;
  email: string | null;
  registration: Text | null;
  current_period: number | null;
  day_date: string | null;
  day_starts_at: string | null;
  day_ends_at: string | null;
  day_sessions: number;
  day_spent_micro_usd: number;
  day_attempts: number;
  day_refunds: number;
  last_command: number;
  entitlement: Entitlement;
  /** Milliseconds. */
  recent_attempts: number[];
  recent_inputs: string[];
};

function dayFromRow(row: AccountRow): Day | null {
  if (row.day_date === null || row.day_starts_at === null || row.day_ends_at === null) return null;
  return {
    date: row.day_date,
    startsAt: instantFromRow(row.day_starts_at),
    endsAt: instantFromRow(row.day_ends_at),
    sessions: row.day_sessions,
    spent: microUsd(row.day_spent_micro_usd),
    attempts: row.day_attempts,
    refunds: row.day_refunds,
  };
}

export const accountFromRow = (row: AccountRow): Account => ({
  appId: row.app_id as AppId,
  userId: row.user_id as UserId,
  version: row.version,
  registeredAt: instantFromRow(row.registered_at),
  registrationGiven: row.registration_given,
  timeZone: row.time_zone,
  plan: row.plan,
  locale: row.locale,
  email: row.email,
  registration: row.registration,
  currentPeriod: row.current_period,
  day: dayFromRow(row),
  recentAttempts: row.recent_attempts.map(instant),
  recentInputs: row.recent_inputs,
  entitlement: row.entitlement,
  lastCommand: row.last_command,
});

export const accountToRow = (account: Account): AccountRow => ({
  app_id: account.appId,
  user_id: account.userId,
  version: account.version,
  registered_at: instantToRow(account.registeredAt),
  registration_given: account.registrationGiven,
  time_zone: account.timeZone,
  plan: account.plan,
  locale: account.locale,
  email: account.email,
  registration: account.registration,
  current_period: account.currentPeriod,
  day_date: account.day?.date ?? null,
  day_starts_at: account.day === null ? null : instantToRow(account.day.startsAt),
  day_ends_at: account.day === null ? null : instantToRow(account.day.endsAt),
  day_sessions: account.day?.sessions ?? 0,
  day_spent_micro_usd: account.day?.spent ?? 0,
  day_attempts: account.day?.attempts ?? 0,
  day_refunds: account.day?.refunds ?? 0,
  last_command: account.lastCommand,
  entitlement: account.entitlement,
  recent_attempts: [...account.recentAttempts],
  recent_inputs: [...account.recentInputs],
});

/** What ordinary use of an account changes; its other columns are written with the whole row. */
export const accountInUseColumns: readonly Column<Account>[] = [
  { name: 'version', type: 'bigint', of: ({ version }) => version },
  { name: 'current_period', type: 'integer', of: ({ currentPeriod }) => currentPeriod },
  { name: 'day_date', type: 'date', of: ({ day }) => day?.date },
  { name: 'day_starts_at', type: 'instant', of: ({ day }) => day?.startsAt },
  { name: 'day_ends_at', type: 'instant', of: ({ day }) => day?.endsAt },
  { name: 'day_sessions', type: 'integer', of: ({ day }) => day?.sessions ?? 0 },
  { name: 'day_spent_micro_usd', type: 'bigint', of: ({ day }) => day?.spent ?? 0 },
  { name: 'day_attempts', type: 'smallint', of: ({ day }) => day?.attempts ?? 0 },
  { name: 'day_refunds', type: 'smallint', of: ({ day }) => day?.refunds ?? 0 },
  { name: 'last_command', type: 'integer', of: ({ lastCommand }) => lastCommand },
  { name: 'recent_attempts', type: 'bigints', of: ({ recentAttempts }) => recentAttempts },
  { name: 'recent_inputs', type: 'texts', of: ({ recentInputs }) => recentInputs },
];

/** True where only columns of ordinary use differ. */
export const isOnlyInUse = (before: Account, after: Account): boolean =>
  before.version > 0 &&
  before.entitlement === after.entitlement &&
  before.registeredAt === after.registeredAt &&
  before.registrationGiven === after.registrationGiven &&
  before.timeZone === after.timeZone &&
  before.plan === after.plan &&
  before.locale === after.locale &&
  before.email === after.email &&
  before.registration === after.registration;

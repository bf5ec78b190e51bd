import type { Carried, Period } from '../../domain/account/state.ts';
import { policyVersion } from '../../domain/ids.ts';
import { microUsd } from '../../domain/money.ts';
import type { Column } from '../columns.ts';
import { instantFromRow } from './instant.ts';

export type PeriodRow = {
  number: number;
  starts_at: string;
  ends_at: string;
  time_zone: string;
  plan: string;
  policy_version: string;
  sessions_used: number;
  spent_micro_usd: number;
  held_micro_usd: number;
  overshoot_micro_usd: number;
  crossed: number[];
  drawn_before: Period['drawnBefore'];
  carried: Carried | null;
};

export const periodFromRow = (row: PeriodRow): Period => ({
  number: row.number,
  startsAt: instantFromRow(row.starts_at),
  endsAt: instantFromRow(row.ends_at),
  timeZone: row.time_zone,
  plan: row.plan,
  policyVersion: policyVersion(row.policy_version),
  sessionsUsed: row.sessions_used,
  spent: microUsd(row.spent_micro_usd),
  held: microUsd(row.held_micro_usd),
  overshoot: microUsd(row.overshoot_micro_usd),
  crossed: row.crossed,
  drawnBefore: row.drawn_before,
  ...(row.carried === null ? {} : { carried: row.carried }),
});

/** A period with the account's version at its last change: what the relay has not told yet is above what was acknowledged. */
export type ChangedPeriod = { readonly period: Period; readonly version: number };

export const periodKey: readonly Column<ChangedPeriod>[] = [
  { name: 'number', type: 'integer', of: ({ period }) => period.number },
];

/** What use changes of a period. */
export const periodInUseColumns: readonly Column<ChangedPeriod>[] = [
  { name: 'version', type: 'bigint', of: ({ version }) => version },
  { name: 'policy_version', type: 'text', of: ({ period }) => period.policyVersion },
  { name: 'sessions_used', type: 'integer', of: ({ period }) => period.sessionsUsed },
  { name: 'spent_micro_usd', type: 'bigint', of: ({ period }) => period.spent },
  { name: 'held_micro_usd', type: 'bigint', of: ({ period }) => period.held },
  { name: 'overshoot_micro_usd', type: 'bigint', of: ({ period }) => period.overshoot },
  { name: 'crossed', type: 'smallints', of: ({ period }) => period.crossed },
  { name: 'drawn_before', type: 'json', of: ({ period }) => period.drawnBefore },
];

export const periodColumns: readonly Column<ChangedPeriod>[] = [
  ...periodKey,
  ...periodInUseColumns,
  { name: 'starts_at', type: 'instant', of: ({ period }) => period.startsAt },
  { name: 'ends_at', type: 'instant', of: ({ period }) => period.endsAt },
  { name: 'time_zone', type: 'text', of: ({ period }) => period.timeZone },
  { name: 'plan', type: 'text', of: ({ period }) => period.plan },
  { name: 'carried', type: 'json', of: ({ period }) => period.carried },
];

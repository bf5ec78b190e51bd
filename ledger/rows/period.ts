import type { Crossing, Period } from '../../domain/account/state.ts';
import { policyVersion } from '../../domain/ids.ts';
import { microUsd } from '../../domain/money.ts';
import { instantFromRow, instantToRow } from './instant.ts';

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
});

/** `version`: the account's at the last change; what the relay has not told yet is above what was acknowledged. */
export const periodToRow = (period: Period, version: number): PeriodRow & { version: number } => ({
  number: period.number,
  version,
  starts_at: instantToRow(period.startsAt),
  ends_at: instantToRow(period.endsAt),
  time_zone: period.timeZone,
  plan: period.plan,
  policy_version: period.policyVersion,
  sessions_used: period.sessionsUsed,
  spent_micro_usd: period.spent,
  held_micro_usd: period.held,
  overshoot_micro_usd: period.overshoot,
  crossed: [...period.crossed],
  drawn_before: period.drawnBefore,
});

export const crossingToRow = (crossing: Crossing) => ({
  period: crossing.period,
  threshold: crossing.threshold,
  dimension: crossing.dimension,
  crossed_at: instantToRow(crossing.at),
  version: crossing.version,
});

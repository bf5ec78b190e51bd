import type { Session } from '../../domain/account/state.ts';
import { sessionId } from '../../domain/ids.ts';
import { microUsd } from '../../domain/money.ts';
import { instantFromRow, instantToRow } from './instant.ts';

type Text = Readonly<Record<string, string>>;

export type SessionRow = {
  session_id: string;
  period: number;
  date: string;
  tier: Session['tier'];
  cap_micro_usd: number;
  held_micro_usd: number;
  spent_micro_usd: number;
  overshoot_micro_usd: number;
  usage_events: number;
  tokens: number;
  started_at: string;
  expires_at: string;
  ended_at: string | null;
  end_reason: Session['end'];
  admitted_version: number;
  ended_version: number | null;
  counted: boolean;
  given_back_version: number | null;
  client: Text | null;
  metadata: Text | null;
};

export const sessionFromRow = (row: SessionRow): Session => ({
  id: sessionId(row.session_id),
  period: row.period,
  date: row.date,
  tier: row.tier,
  cap: microUsd(row.cap_micro_usd),
  held: microUsd(row.held_micro_usd),
  spent: microUsd(row.spent_micro_usd),
  overshoot: microUsd(row.overshoot_micro_usd),
  usageEvents: row.usage_events,
  tokens: row.tokens,
  startedAt: instantFromRow(row.started_at),
  expiresAt: instantFromRow(row.expires_at),
  endedAt: row.ended_at === null ? null : instantFromRow(row.ended_at),
  end: row.end_reason,
  admittedVersion: row.admitted_version,
  endedVersion: row.ended_version,
  counted: row.counted,
  givenBackVersion: row.given_back_version,
  client: row.client,
  metadata: row.metadata,
});

/** `check_at`: when the sweeper first looks; later changes of expires_at touch no index. */
export const sessionToRow = (session: Session): SessionRow & { check_at: string } => ({
  session_id: session.id,
  period: session.period,
  date: session.date,
  tier: session.tier,
  cap_micro_usd: session.cap,
  held_micro_usd: session.held,
  spent_micro_usd: session.spent,
  overshoot_micro_usd: session.overshoot,
  usage_events: session.usageEvents,
  tokens: session.tokens,
  started_at: instantToRow(session.startedAt),
  expires_at: instantToRow(session.expiresAt),
  check_at: instantToRow(session.expiresAt),
  ended_at: session.endedAt === null ? null : instantToRow(session.endedAt),
  end_reason: session.end,
  admitted_version: session.admittedVersion,
  ended_version: session.endedVersion,
  counted: session.counted,
  given_back_version: session.givenBackVersion,
  client: session.client,
  metadata: session.metadata,
});

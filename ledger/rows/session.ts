import type { Session } from '../../domain/account/state.ts';
import { sessionId } from '../../domain/ids.ts';
import { microUsd } from '../../domain/money.ts';
import type { Column } from '../columns.ts';
import { instantFromRow } from './instant.ts';

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

export const sessionKey: readonly Column<Session>[] = [
  { name: 'session_id', type: 'text', of: ({ id }) => id },
];

export const expiresAtColumn: Column<Session> = {
  name: 'expires_at',
  type: 'instant',
  of: ({ expiresAt }) => expiresAt,
};

/** What use changes of a session. */
export const sessionInUseColumns: readonly Column<Session>[] = [
  { name: 'held_micro_usd', type: 'bigint', of: ({ held }) => held },
  { name: 'spent_micro_usd', type: 'bigint', of: ({ spent }) => spent },
  { name: 'overshoot_micro_usd', type: 'bigint', of: ({ overshoot }) => overshoot },
  { name: 'usage_events', type: 'integer', of: ({ usageEvents }) => usageEvents },
  { name: 'tokens', type: 'bigint', of: ({ tokens }) => tokens },
  expiresAtColumn,
  { name: 'ended_at', type: 'instant', of: ({ endedAt }) => endedAt },
  { name: 'end_reason', type: 'text', of: ({ end }) => end },
  { name: 'ended_version', type: 'bigint', of: ({ endedVersion }) => endedVersion },
  { name: 'counted', type: 'boolean', of: ({ counted }) => counted },
  { name: 'given_back_version', type: 'bigint', of: ({ givenBackVersion }) => givenBackVersion },
];

/** A session as it is admitted: it holds its whole cap, and nothing was used yet. */
export const newSessionColumns: readonly Column<Session>[] = [
  ...sessionKey,
  { name: 'period', type: 'integer', of: ({ period }) => period },
  { name: 'date', type: 'date', of: ({ date }) => date },
  { name: 'tier', type: 'text', of: ({ tier }) => tier },
  { name: 'cap_micro_usd', type: 'bigint', of: ({ cap }) => cap },
  { name: 'started_at', type: 'instant', of: ({ startedAt }) => startedAt },
  expiresAtColumn,
  { name: 'admitted_version', type: 'bigint', of: ({ admittedVersion }) => admittedVersion },
  { name: 'client', type: 'json', of: ({ client }) => client },
  { name: 'metadata', type: 'json', of: ({ metadata }) => metadata },
];

/** @throws RangeError where a session was used in the commit that admits it: nobody can have known its id. */
export function asAdmitted(session: Session): Session {
  const { id, cap, held, spent, usageEvents, endedAt, counted } = session;
  if (held === cap && spent === 0 && usageEvents === 0 && endedAt === null && counted) return session;
  throw new RangeError(`session ${id} was used before it was admitted`);
}

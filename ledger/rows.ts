import type { Command, Entitlement } from '../domain/account/entitlement.ts';
import type { Account, Crossing, Day, Period, Review, Session, UsageEvent } from '../domain/account/state.ts';
import { policyVersion, reviewId, sessionId, type AppId, type UserId, usageEventId } from '../domain/ids.ts';
import { type Instant, instant } from '../domain/instant.ts';
import { microUsd } from '../domain/money.ts';

/** Rows as JSON carries them: instants as ISO text, amounts as whole numbers. */

type Text = Readonly<Record<string, string>>;

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
  recent_attempts: string[];
  recent_inputs: string[];
};

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
};

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
  started_at: string;
  expires_at: string;
  ended_at: string | null;
  end_reason: Session['end'];
  counted: boolean;
  client: Text | null;
  metadata: Text | null;
};

export type CommandRow = {
  number: number;
  key: string;
  kind: Command['kind'];
  review_id: string;
  issued_by: string;
  note: string;
  issued_at: string;
};

/** Postgres keeps microseconds, the domain milliseconds: the rest is cut off. */
export const instantFromRow = (text: string): Instant => instant(Date.parse(text));
export const instantToRow = (at: Instant): string => new Date(at).toISOString();

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
  recentAttempts: row.recent_attempts.map(instantFromRow),
  recentInputs: row.recent_inputs,
  entitlement: row.entitlement,
  lastCommand: row.last_command,
});

export const accountToRow = (account: Account): AccountRow => ({
  app_id: account.appId,
  user_id: account.userId,
  version: account.version + 1,
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
  recent_attempts: account.recentAttempts.map(instantToRow),
  recent_inputs: [...account.recentInputs],
});

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
});

export const periodToRow = (period: Period): PeriodRow => ({
  number: period.number,
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
});

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
  startedAt: instantFromRow(row.started_at),
  expiresAt: instantFromRow(row.expires_at),
  endedAt: row.ended_at === null ? null : instantFromRow(row.ended_at),
  end: row.end_reason,
  counted: row.counted,
  client: row.client,
  metadata: row.metadata,
});

export const sessionToRow = (session: Session): SessionRow => ({
  session_id: session.id,
  period: session.period,
  date: session.date,
  tier: session.tier,
  cap_micro_usd: session.cap,
  held_micro_usd: session.held,
  spent_micro_usd: session.spent,
  overshoot_micro_usd: session.overshoot,
  usage_events: session.usageEvents,
  started_at: instantToRow(session.startedAt),
  expires_at: instantToRow(session.expiresAt),
  ended_at: session.endedAt === null ? null : instantToRow(session.endedAt),
  end_reason: session.end,
  counted: session.counted,
  client: session.client,
  metadata: session.metadata,
});

export const commandFromRow = (row: CommandRow): Command => ({
  number: row.number,
  key: row.key,
  kind: row.kind,
  reviewId: reviewId(row.review_id),
  by: row.issued_by,
  note: row.note,
  at: instantFromRow(row.issued_at),
});

export const commandToRow = (command: Command): CommandRow => ({
  number: command.number,
  key: command.key,
  kind: command.kind,
  review_id: command.reviewId,
  issued_by: command.by,
  note: command.note,
  issued_at: instantToRow(command.at),
});

export const usageEventToRow = (event: UsageEvent) => ({
  event_id: usageEventId(event.id),
  session_id: event.sessionId,
  period: event.period,
  cost_micro_usd: event.cost,
  model: event.model,
  input_tokens: event.inputTokens,
  cached_input_tokens: event.cachedInputTokens,
  output_tokens: event.outputTokens,
  reasoning_tokens: event.reasoningTokens,
  occurred_at: instantToRow(event.occurredAt),
  recorded_at: instantToRow(event.recordedAt),
  fingerprint: event.fingerprint,
});

export const crossingToRow = (crossing: Crossing) => ({
  period: crossing.period,
  threshold: crossing.threshold,
  dimension: crossing.dimension,
  crossed_at: instantToRow(crossing.at),
});

export const reviewToRow = (review: Review) => ({
  review_id: review.id,
  opened_at: instantToRow(review.openedAt),
  due_at: instantToRow(review.dueAt),
  score: review.score,
  signals: review.signals,
});

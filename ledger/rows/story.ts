import type { IssuedCommand } from '../../domain/account/command.ts';
import type { Crossing, Review, UsageEvent } from '../../domain/account/state.ts';
import { authorizationId, policyVersion, reviewId, sessionId, usageEventId } from '../../domain/ids.ts';
import { microUsd } from '../../domain/money.ts';
import type { Nudge, PolicyChange, ResetNotice } from '../../domain/story/record.ts';
import { type CommandRow, commandFromRow } from './command.ts';
import { instantFromRow } from './instant.ts';

/** Rows that decisions only add: read back to tell an account's story. */

export type UsageEventRow = {
  event_id: string;
  session_id: string;
  period: number;
  version: number;
  ordinal: number;
  cost_micro_usd: number;
  overshoot_micro_usd: number;
  authorization_id: string | null;
  model: string | null;
  input_tokens: number | null;
  cached_input_tokens: number | null;
  cache_write_tokens: number | null;
  output_tokens: number | null;
  reasoning_tokens: number | null;
  occurred_at: string;
  recorded_at: string;
  fingerprint: string;
};

export const usageEventFromRow = (row: UsageEventRow): UsageEvent => ({
  id: usageEventId(row.event_id),
  sessionId: sessionId(row.session_id),
  period: row.period,
  version: row.version,
  ordinal: row.ordinal,
  cost: microUsd(row.cost_micro_usd),
  overshoot: microUsd(row.overshoot_micro_usd),
  authorizationId: row.authorization_id === null ? null : authorizationId(row.authorization_id),
  model: row.model,
  inputTokens: row.input_tokens,
  cachedInputTokens: row.cached_input_tokens,
  cacheWriteTokens: row.cache_write_tokens,
  outputTokens: row.output_tokens,
  reasoningTokens: row.reasoning_tokens,
  occurredAt: instantFromRow(row.occurred_at),
  recordedAt: instantFromRow(row.recorded_at),
  fingerprint: row.fingerprint,
});

export type CrossingRow = {
  period: number;
  threshold: number;
  dimension: Crossing['dimension'];
  crossed_at: string;
  version: number;
  ordinal: number;
};

export const crossingFromRow = (row: CrossingRow): Crossing => ({
  period: row.period,
  threshold: row.threshold,
  dimension: row.dimension,
  at: instantFromRow(row.crossed_at),
  version: row.version,
  ordinal: row.ordinal,
});

export const issuedFromRow = (row: CommandRow): IssuedCommand => ({
  ...commandFromRow(row),
  version: row.version,
});

export type PolicyChangeRow = {
  version: number;
  period: number;
  former_policy: string;
  policy_version: string;
  changed_at: string;
};

export const policyChangeFromRow = (row: PolicyChangeRow): PolicyChange => ({
  period: row.period,
  version: row.version,
  former: policyVersion(row.former_policy),
  policyVersion: policyVersion(row.policy_version),
  at: instantFromRow(row.changed_at),
});

export type NudgeRow = {
  period: number;
  threshold: number;
  dimension: Nudge['dimension'];
  decision: Nudge['decision'];
  decided_at: string;
};

export const nudgeFromRow = (row: NudgeRow): Nudge => ({
  period: row.period,
  threshold: row.threshold,
  dimension: row.dimension,
  decision: row.decision,
  at: instantFromRow(row.decided_at),
});

export type ResetRow = { period: number; text: string; created_at: string };

export const resetFromRow = (row: ResetRow): ResetNotice => ({
  period: row.period,
  text: row.text,
  at: instantFromRow(row.created_at),
});

export type ReviewRow = {
  review_id: string;
  opened_at: string;
  due_at: string;
  score: number;
  signals: Review['signals'];
};

export const reviewFromRow = (row: ReviewRow): Review => ({
  id: reviewId(row.review_id),
  openedAt: instantFromRow(row.opened_at),
  dueAt: instantFromRow(row.due_at),
  score: row.score,
  signals: row.signals,
});

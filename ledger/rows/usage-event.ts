import type { UsageEvent } from '../../domain/account/state.ts';
import { usageEventId } from '../../domain/ids.ts';
import { instantToRow } from './instant.ts';

export const usageEventToRow = (event: UsageEvent) => ({
  event_id: usageEventId(event.id),
  session_id: event.sessionId,
  period: event.period,
  version: event.version,
  cost_micro_usd: event.cost,
  overshoot_micro_usd: event.overshoot,
  authorization_id: event.authorizationId,
  model: event.model,
  input_tokens: event.inputTokens,
  cached_input_tokens: event.cachedInputTokens,
  cache_write_tokens: event.cacheWriteTokens,
  output_tokens: event.outputTokens,
  reasoning_tokens: event.reasoningTokens,
  occurred_at: instantToRow(event.occurredAt),
  recorded_at: instantToRow(event.recordedAt),
  fingerprint: event.fingerprint,
});

import type { UsageEvent } from '../../domain/account/state.ts';
import type { Column } from '../columns.ts';

export const usageEventColumns: readonly Column<UsageEvent>[] = [
  { name: 'event_id', type: 'text', of: ({ id }) => id },
  { name: 'session_id', type: 'text', of: ({ sessionId }) => sessionId },
  { name: 'period', type: 'integer', of: ({ period }) => period },
  { name: 'version', type: 'bigint', of: ({ version }) => version },
  { name: 'ordinal', type: 'integer', of: ({ ordinal }) => ordinal },
  { name: 'cost_micro_usd', type: 'bigint', of: ({ cost }) => cost },
  { name: 'overshoot_micro_usd', type: 'bigint', of: ({ overshoot }) => overshoot },
  { name: 'authorization_id', type: 'text', of: (event) => event.authorizationId },
  { name: 'model', type: 'text', of: ({ model }) => model },
  { name: 'input_tokens', type: 'integer', of: ({ inputTokens }) => inputTokens },
  { name: 'cached_input_tokens', type: 'integer', of: ({ cachedInputTokens }) => cachedInputTokens },
  { name: 'cache_write_tokens', type: 'integer', of: ({ cacheWriteTokens }) => cacheWriteTokens },
  { name: 'output_tokens', type: 'integer', of: ({ outputTokens }) => outputTokens },
  { name: 'reasoning_tokens', type: 'integer', of: ({ reasoningTokens }) => reasoningTokens },
  { name: 'occurred_at', type: 'instant', of: ({ occurredAt }) => occurredAt },
  { name: 'recorded_at', type: 'instant', of: ({ recordedAt }) => recordedAt },
  { name: 'fingerprint', type: 'text', of: ({ fingerprint }) => fingerprint },
];

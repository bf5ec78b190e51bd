import type { UsageRequest } from '../../domain/allowance/usage.ts';
import { sessionId, usageEventId } from '../../domain/ids.ts';
import { microUsdFromDollars } from '../../domain/money.ts';

/** A call that the app reports in dollars alone, but for what is given. */
export const aCall = (
  id: string,
  session: string,
  dollars: number,
  told: Partial<UsageRequest> = {},
): UsageRequest => ({
  id: usageEventId(id),
  sessionId: sessionId(session),
  cost: microUsdFromDollars(dollars),
  model: null,
  inputTokens: null,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  fingerprint: '',
  occurredAt: null,
  inputSketch: null,
  ...told,
});

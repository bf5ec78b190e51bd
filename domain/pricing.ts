import { calcPrice } from '@pydantic/genai-prices';
import { type Instant } from './instant.ts';
import { type MicroUsd, microUsdFromDollars } from './money.ts';

export type TokenCounts = {
  /** Includes cached tokens, as the providers count. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  /** Includes reasoning tokens. */
  readonly outputTokens: number;
};

/**
 * What one call cost, rounded up once to the micro-dollar; null for a model that the price table does not know, which is
 * never taken for free.
 */
export function priceOfCall(model: string, tokens: TokenCounts, at: Instant): MicroUsd | null {
  const price = calcPrice(
    {
      input_tokens: tokens.inputTokens,
      cache_read_tokens: tokens.cachedInputTokens,
      output_tokens: tokens.outputTokens,
    },
    model,
    { timestamp: new Date(at) },
  );
  return price === null ? null : microUsdFromDollars(price.total_price);
}

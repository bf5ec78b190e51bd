import type { Instant } from '../instant.ts';
import type { MicroUsd } from '../money.ts';
import type { PriceTerms } from '../policy/prices.ts';
import { ratesOfCall } from './call-rates.ts';
import { exactCost, roundedUp } from './rate.ts';

export type TokenCounts = {
  /** All of the input: tokens read from a cache and tokens written into one are part of it. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  /** All of the output: reasoning tokens are part of it. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
};

/**
 * What one call cost, rounded up once to the micro-dollar. Null for a model that neither policy nor table has a price for,
 * which is never taken for free.
 * @throws RangeError where parts exceed their whole: the API refuses such events.
 */
export function priceOfCall(
  model: string,
  tokens: TokenCounts,
  at: Instant,
  prices: PriceTerms,
): MicroUsd | null {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = tokens;
  const plainInput = inputTokens - cachedInputTokens - cacheWriteTokens;
  const plainOutput = outputTokens - reasoningTokens;
  if (plainInput < 0 || plainOutput < 0) throw new RangeError('parts of the tokens exceed the whole');
  const rates = ratesOfCall(model, inputTokens, outputTokens, at, prices);
  if (rates === null) return null;
  return roundedUp(
    exactCost(
      {
        input: plainInput,
        cachedInput: cachedInputTokens,
        cacheWrite: cacheWriteTokens,
        output: plainOutput,
        reasoning: reasoningTokens,
        call: 1,
      },
      rates,
    ),
  );
}

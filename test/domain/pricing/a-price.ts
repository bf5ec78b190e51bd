import { type PriceTerms, noPrices, termsOfPrices } from '../../../domain/policy/prices.ts';
import { pricesDocument } from '../../../domain/policy/prices-document.ts';
import { type TokenCounts, priceOfCall } from '../../../domain/pricing/price-of-call.ts';
import { at } from '../an-account.ts';

export const now = at('2026-11-25T12:00:00Z');
export const sonnet = 'claude-sonnet-4-5';

const tokens = (counts: Partial<TokenCounts>): TokenCounts => ({
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  ...counts,
});

export const price = (
  model: string,
  counts: Partial<TokenCounts>,
  prices: PriceTerms = noPrices,
  when = now,
) => priceOfCall(model, tokens(counts), when, prices);

export const policyPrices = (prices: unknown): PriceTerms => termsOfPrices(pricesDocument.parse(prices));

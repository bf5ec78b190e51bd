import type { Instant } from '../instant.ts';
import type { PriceTerms } from '../policy/prices.ts';
import { ratesInTable } from './price-table.ts';
import type { CallRates } from './rate.ts';

/** What a call is charged by: the app's own price, else the table's, else the app's fallback; null where none is known. */
export function ratesOfCall(
  model: string,
  inputTokens: number,
  outputTokens: number,
  at: Instant,
  prices: PriceTerms,
): CallRates | null {
  const name = model.trim().toLowerCase();
  const own = Object.hasOwn(prices.models, name) ? prices.models[name] : undefined;
  return own ?? ratesInTable(name, inputTokens, outputTokens, at) ?? prices.fallback;
}

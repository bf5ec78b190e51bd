import { type CallRates, type Rate, rateFromDollarsPerMillion } from '../pricing/rate.ts';
import type { ModelPrice, PricesDocument } from './prices-document.ts';

/** An app's own prices. Models go by their names in lower case. */
export type PriceTerms = {
  readonly models: Readonly<Record<string, CallRates>>;
  /** For models that neither the policy nor the table knows; null: they are refused. */
  readonly fallback: CallRates | null;
};

export const noPrices: PriceTerms = { models: {}, fallback: null };

function ratesOf(price: ModelPrice): CallRates {
  const input = rateFromDollarsPerMillion(price.input_per_million);
  const output = rateFromDollarsPerMillion(price.output_per_million);
  const given = (dollars: number | undefined): Rate =>
    dollars === undefined ? input : rateFromDollarsPerMillion(dollars);
  return {
    input,
    cachedInput: given(price.cached_input_per_million),
    cacheWrite: given(price.cache_write_per_million),
    output,
    reasoning: output,
    call: rateFromDollarsPerMillion(0),
  };
}

export function termsOfPrices(prices: PricesDocument): PriceTerms {
  const models = Object.entries(prices.models).map(
    ([name, price]) => [name.toLowerCase(), ratesOf(price)] as const,
  );
  return {
    models: Object.fromEntries(models),
    fallback: prices.fallback === null ? null : ratesOf(prices.fallback),
  };
}

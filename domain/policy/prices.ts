import { z } from 'zod';
import { isReadable } from '../readable-text.ts';
import { type CallRates, type Rate, rateFromDollarsPerMillion } from '../pricing/rate.ts';

/** Dollars per million tokens, as providers print them. */
const dollarsPerMillion = z
  .number()
  .min(0)
  .max(10_000)
  .refine((dollars) => Number(dollars.toFixed(6)) === dollars, 'write at most six decimals');

const modelPrice = z.strictObject({
  input_per_million: dollarsPerMillion,
  cached_input_per_million: dollarsPerMillion.optional(),
  cache_write_per_million: dollarsPerMillion.optional(),
  output_per_million: dollarsPerMillion,
});

const chargedFor = (price: z.output<typeof modelPrice>): boolean =>
  price.input_per_million > 0 && price.output_per_million > 0;

const modelName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\S+$/, 'a model’s name holds no spaces')
  .refine(isReadable, 'a model’s name holds no control characters');

/** `prices` in the policy file: what the app pays where the price table says otherwise or nothing. */
export const pricesDocument = z.strictObject({
  models: z.record(modelName, modelPrice).default({}),
  fallback: modelPrice
    .refine(chargedFor, 'a fallback of nothing would make every unknown model free: state prices above zero')
    .nullable()
    .default(null),
});

/** An app's own prices. Models go by their names in lower case. */
export type PriceTerms = {
  readonly models: Readonly<Record<string, CallRates>>;
  /** For models that neither the policy nor the table knows; null: they are refused. */
  readonly fallback: CallRates | null;
};

export const noPrices: PriceTerms = { models: {}, fallback: null };

function ratesOf(price: z.output<typeof modelPrice>): CallRates {
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

export function termsOfPrices(prices: z.output<typeof pricesDocument>): PriceTerms {
  const models = Object.entries(prices.models).map(
    ([name, price]) => [name.toLowerCase(), ratesOf(price)] as const,
  );
  return {
    models: Object.fromEntries(models),
    fallback: prices.fallback === null ? null : ratesOf(prices.fallback),
  };
}

import type { Instant } from '../instant.ts';
import type { MicroUsd } from '../money.ts';
import type { PriceTerms } from '../policy/prices.ts';
import { ratesOfCall } from './call-rates.ts';
import { type CallRates, type ExactCost, type Rate, exactCost, roundedUp, unitsThatFit } from './rate.ts';

const dearest = (all: readonly CallRates[], ratesOf: (rates: CallRates) => readonly Rate[]): Rate =>
  Math.max(...all.flatMap(ratesOf)) as Rate;

/**
 * The dearest that a call can be charged, known before it is made. No cache discount is taken, and all input counts as
 * written into a cache where that is dearer: whether it is shows only afterwards, and a reservation must cover it. The rest
 * comes back when usage settles the call.
 *
 * A call that turns out to have no input, or no output, may be priced by the table where the whole call would be by the
 * fallback: the table has no price for the output of an embedding. Null for a model without a price, as `priceOfCall`.
 */
function worstRates(
  model: string,
  inputTokens: number,
  outputTokens: number,
  at: Instant,
  prices: PriceTerms,
): CallRates | null {
  const whole = ratesOfCall(model, inputTokens, outputTokens, at, prices);
  if (whole === null) return null;
  const inputAlone = ratesOfCall(model, inputTokens, 0, at, prices);
  const outputAlone = ratesOfCall(model, 0, outputTokens, at, prices);
  const all = [whole, inputAlone, outputAlone].filter((rates) => rates !== null);
  const input = dearest(all, (rates) => [rates.input, rates.cachedInput, rates.cacheWrite]);
  const output = dearest(all, (rates) => [rates.output, rates.reasoning]);
  const call = dearest(all, (rates) => [rates.call]);
  return { input, cachedInput: input, cacheWrite: input, output, reasoning: output, call };
}

const worstCost = (rates: CallRates, input: number, output: number): ExactCost =>
  exactCost({ input, cachedInput: 0, cacheWrite: 0, output, reasoning: 0, call: 1 }, rates);

/** Null for a model without a price, as `priceOfCall`. */
export function worstPriceOfCall(
  model: string,
  inputTokens: number,
  maxOutputTokens: number,
  at: Instant,
  prices: PriceTerms,
): MicroUsd | null {
  const rates = worstRates(model, inputTokens, maxOutputTokens, at, prices);
  return rates === null ? null : roundedUp(worstCost(rates, inputTokens, maxOutputTokens));
}

/**
 * The most output tokens, up to `maxOutputTokens`, with which the call's worst price is within `room`; -1 where not even
 * its input is. Null for a model without a price.
 */
export function outputTokensThatFit(
  model: string,
  inputTokens: number,
  maxOutputTokens: number,
  room: MicroUsd,
  at: Instant,
  prices: PriceTerms,
): number | null {
  const rates = worstRates(model, inputTokens, maxOutputTokens, at, prices);
  if (rates === null) return null;
  return Math.min(maxOutputTokens, unitsThatFit(worstCost(rates, inputTokens, 0), rates.output, room));
}

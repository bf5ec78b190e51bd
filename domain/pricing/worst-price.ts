import type { Instant } from '../instant.ts';
import type { MicroUsd } from '../money.ts';
import type { PriceTerms } from '../policy/prices.ts';
import { ratesOfCall } from './call-rates.ts';
import { type CallRates, type ExactCost, type Rate, exactCost, roundedUp, unitsThatFit } from './rate.ts';

/**
 * The most that a call can cost, known before it is made. No cache discount is taken, and all input counts as written into
 * a cache where that is dearer: whether it is shows only afterwards, and a reservation must cover it. The rest comes back
 * when usage settles the call.
 */
const dearest = (...rates: readonly Rate[]): Rate => Math.max(...rates) as Rate;

const worstInput = (rates: CallRates): Rate => dearest(rates.input, rates.cachedInput, rates.cacheWrite);
const worstOutput = (rates: CallRates): Rate => dearest(rates.output, rates.reasoning);

const beforeOutput = (rates: CallRates, inputTokens: number): ExactCost =>
  exactCost([
    [inputTokens, worstInput(rates)],
    [1, rates.call],
  ]);

/** Null for a model without a price, as `priceOfCall`. */
export function worstPriceOfCall(
  model: string,
  inputTokens: number,
  maxOutputTokens: number,
  at: Instant,
  prices: PriceTerms,
): MicroUsd | null {
  const rates = ratesOfCall(model, inputTokens, maxOutputTokens, at, prices);
  if (rates === null) return null;
  return roundedUp(
    exactCost([
      [inputTokens, worstInput(rates)],
      [maxOutputTokens, worstOutput(rates)],
      [1, rates.call],
    ]),
  );
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
  const rates = ratesOfCall(model, inputTokens, maxOutputTokens, at, prices);
  if (rates === null) return null;
  return Math.min(maxOutputTokens, unitsThatFit(beforeOutput(rates, inputTokens), worstOutput(rates), room));
}

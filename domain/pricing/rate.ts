import type { Brand } from '../brand.ts';
import { type MicroUsd, microUsd } from '../money.ts';

/**
 * What one token costs, in billionths of a micro-dollar: a safe integer, so that prices multiply and add without binary
 * noise. A dollar per million tokens is a micro-dollar per token, so 0.003625 dollars per million is 3,625,000.
 */
export type Rate = Brand<number, 'Rate'>;

const perMicroUsd = 1_000_000_000;

/** Nine decimals, what is beyond them rounded up; fifteen digits first drop the noise of figures such as 0.18000000000000002. */
export const rateFromDollarsPerMillion = (dollars: number): Rate =>
  Math.ceil(Number((dollars * perMicroUsd).toPrecision(15))) as Rate;

/** What a model charges for one call, the call's context tier chosen already. */
export type CallRates = {
  readonly input: Rate;
  readonly cachedInput: Rate;
  readonly cacheWrite: Rate;
  readonly output: Rate;
  readonly reasoning: Rate;
  /** Charged once a call, whatever its tokens. */
  readonly call: Rate;
};

/** What one call uses of each rate: tokens, and the call itself. */
export type Units = Readonly<Record<keyof CallRates, number>>;

/** An exact sum of units at their rates: a number while that is a safe integer, as of nearly every call, and bigint beyond. */
export type ExactCost = Brand<number, 'ExactCost'> | Brand<bigint, 'ExactCost'>;

const rateNames = ['input', 'cachedInput', 'cacheWrite', 'output', 'reasoning', 'call'] as const;

const bigSum = (units: Units, rates: CallRates): bigint =>
  rateNames.reduce((sum, name) => sum + BigInt(units[name]) * BigInt(rates[name]), 0n);

export function exactCost(units: Units, rates: CallRates): ExactCost {
  const sum =
    units.input * rates.input +
    units.cachedInput * rates.cachedInput +
    units.cacheWrite * rates.cacheWrite +
    units.output * rates.output +
    units.reasoning * rates.reasoning +
    units.call * rates.call;
  // No part is below zero: where their sum is safe, each of them is, and nothing was rounded.
  return (Number.isSafeInteger(sum) ? sum : bigSum(units, rates)) as ExactCost;
}

/** The one place where a price is rounded: up, to the micro-dollar. */
export function roundedUp(cost: ExactCost): MicroUsd {
  if (typeof cost === 'bigint')
    return microUsd(Number((cost + BigInt(perMicroUsd - 1)) / BigInt(perMicroUsd)));
  const beyondLast = cost % perMicroUsd;
  return microUsd((cost - beyondLast) / perMicroUsd + (beyondLast > 0 ? 1 : 0));
}

/** How many more units at `rate` fit beside `cost` into `room` once the sum is rounded up; below zero where `cost` alone does not fit. */
export function unitsThatFit(cost: ExactCost, rate: Rate, room: MicroUsd): number {
  const left = BigInt(room) * BigInt(perMicroUsd) - BigInt(cost);
  if (left < 0n) return -1;
  return rate === 0 ? Number.MAX_SAFE_INTEGER : Number(left / BigInt(rate));
}

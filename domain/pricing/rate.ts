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

/** An exact sum of tokens at their rates. Products pass 2^53, so that sums are bigint until they are rounded. */
export type ExactCost = Brand<bigint, 'ExactCost'>;

export function exactCost(parts: readonly (readonly [tokens: number, rate: Rate])[]): ExactCost {
  let sum = 0n;
  for (const [tokens, rate] of parts) {
    if (tokens !== 0 && rate !== 0) sum += BigInt(tokens) * BigInt(rate);
  }
  return sum as ExactCost;
}

/** The one place where a price is rounded: up, to the micro-dollar. */
export const roundedUp = (cost: ExactCost): MicroUsd =>
  microUsd(Number((cost + BigInt(perMicroUsd - 1)) / BigInt(perMicroUsd)));

/** How many more units at `rate` fit beside `cost` into `room` once the sum is rounded up; below zero where `cost` alone does not fit. */
export function unitsThatFit(cost: ExactCost, rate: Rate, room: MicroUsd): number {
  const left = BigInt(room) * BigInt(perMicroUsd) - cost;
  if (left < 0n) return -1;
  return rate === 0 ? Number.MAX_SAFE_INTEGER : Number(left / BigInt(rate));
}

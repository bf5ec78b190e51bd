import type { Brand } from './brand.ts';

/** Millionths of a dollar, a safe non-negative integer: up to nine billion dollars. */
export type MicroUsd = Brand<number, 'MicroUsd'>;

/** @throws RangeError unless the amount is a non-negative safe integer. */
export function microUsd(amount: number): MicroUsd {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(`not an amount in micro-dollars: ${amount}`);
  }
  return amount as MicroUsd;
}

export const noMoney = microUsd(0);

/**
 * Dollars to micro-dollars, rounded up once, so that a cost is never understated.
 * Fifteen significant digits drop the binary noise of products such as 0.000007 * 1e6.
 */
export function microUsdFromDollars(dollars: number): MicroUsd {
  return microUsd(Math.ceil(Number((dollars * 1_000_000).toPrecision(15))));
}

export const dollarsOf = (amount: MicroUsd): number => amount / 1_000_000;

export const plus = (left: MicroUsd, right: MicroUsd): MicroUsd => microUsd(left + right);

/** @throws RangeError when more is taken than there is: a broken invariant, not a user's error. */
export const minus = (left: MicroUsd, right: MicroUsd): MicroUsd => microUsd(left - right);

export const lesser = (left: MicroUsd, right: MicroUsd): MicroUsd => (left < right ? left : right);

/** What of `amount` does not fit into `room`. */
export const beyond = (amount: MicroUsd, room: MicroUsd): MicroUsd => microUsd(Math.max(0, amount - room));

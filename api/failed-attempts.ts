import { MemoryStore, type Options, ipKeyGenerator } from 'express-rate-limit';
import { Problem } from './problems/problem.ts';

/** Nobody mistypes a key so often in a minute; who guesses would need 10^70 years. */
const mostInWindow = 20;
const windowMs = 60_000;

export type FailedAttempts = {
  /** @throws Problem where the address has failed too often lately. */
  readonly check: (address: string) => Promise<void>;
  readonly count: (address: string) => Promise<void>;
};

/**
 * Counts failed authentications by address, IPv6 by its subnet of 56 bits, since one machine owns many addresses. In the
 * memory of each process: a counter in the ledger would let strangers write to it.
 */
export function createFailedAttempts(most = mostInWindow): FailedAttempts {
  const store = new MemoryStore();
  store.init({ windowMs } as Options);
  return {
    check: async (address) => {
      const seen = await store.get(ipKeyGenerator(address));
      if (seen === undefined || seen.totalHits < most) return;
      const left = Math.ceil(((seen.resetTime?.getTime() ?? Date.now()) - Date.now()) / 1000);
      throw new Problem('too-many-failures', 'Wait until then, and look at where the key comes from.', {
        headers: { 'retry-after': String(Math.max(1, left)) },
      });
    },
    count: async (address) => {
      await store.increment(ipKeyGenerator(address));
    },
  };
}

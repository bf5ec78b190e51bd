import type { Farewell } from './farewell.ts';
import { followAccount } from './follow-account.ts';
import { earlierRules, rulesNow } from './rules.ts';
import type { FreeTierStart, FreeTierState } from './state.ts';

/**
 * One free-tier account, for as long as it lives: it nudges at the steps of the ladder, opens periods on time and takes
 * a person's word. The ledger admits and counts; this follows it, and can be rebuilt from it at any time.
 */
export const freeTierLife = (start: FreeTierStart | FreeTierState): Promise<Farewell> =>
  followAccount(start, rulesNow);

/** A run that began under this name keeps its rules to its end; the next run of the account is a `freeTierLife`. */
export const freeTierAccount = (start: FreeTierStart | FreeTierState): Promise<Farewell> =>
  followAccount(start, earlierRules);

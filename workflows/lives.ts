import type { Farewell } from './farewell.ts';
import { followAccount } from './follow-account.ts';
import { rulesOfAccount, rulesOfLife, rulesOfUser } from './rules.ts';
import type { FreeTierStart, FreeTierState } from './state.ts';

type Life = (start: FreeTierStart | FreeTierState) => Promise<Farewell>;

/**
 * One free-tier user, for as long as they live on it: it nudges at the steps of the ladder, opens periods on time and takes
 * a person's word. The ledger admits and counts; this follows it, and can be rebuilt from it at any time.
 */
export const freeTierUser: Life = (start) => followAccount(start, rulesOfUser);

/** A run that began under an earlier name keeps its rules to its end; the next run of the account is a `freeTierUser`. */
export const freeTierLife: Life = (start) => followAccount(start, rulesOfLife);
export const freeTierAccount: Life = (start) => followAccount(start, rulesOfAccount);

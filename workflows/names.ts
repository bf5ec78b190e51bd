import type { Standing } from '../domain/account/standing.ts';
import type { AccountTotals } from '../domain/totals.ts';

/** Names by which the other processes know the workflow; free of the workflow SDK, so that any of them may import it. */

export const freeTierUserType = 'freeTierUser';
/** Runs of accounts that began earlier go on under their names until their period ends. */
export const accountTypes: readonly string[] = [freeTierUserType, 'freeTierLife', 'freeTierAccount'];
export const reconcileType = 'reconcile';
export const taskQueue = 'stipend';

/** The Update `decide`: a command that stands in the ledger already, with the totals that hold it. */
export type DecideRequest = { readonly totals: AccountTotals; readonly command: number };
export type DecideAnswer = { readonly standing: Standing; readonly foldedThrough: number };

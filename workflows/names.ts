import type { Standing } from '../domain/account/standing.ts';
import type { AccountTotals } from '../domain/totals.ts';

/** Names by which the other processes know the workflow; free of the workflow SDK, so that any of them may import it. */

export const freeTierAccountType = 'freeTierAccount';
export const reconcileType = 'reconcile';
export const taskQueue = 'stipend';

/** Typed search attributes of an account's workflow, for lists in the Temporal UI. */
export const freeTierSearchAttributes = {
  App: 'KEYWORD',
  Standing: 'KEYWORD',
  UsagePercent: 'INT',
  RiskScore: 'INT',
  ResetsAt: 'DATETIME',
} as const;

/** The Update `decide`: a command that stands in the ledger already, with the totals that hold it. */
export type DecideRequest = { readonly totals: AccountTotals; readonly command: number };
export type DecideAnswer = { readonly standing: Standing; readonly foldedThrough: number };

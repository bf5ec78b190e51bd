/** Names by which the other processes know the workflow; free of the workflow SDK, so that any of them may import it. */

export const freeTierAccountType = 'freeTierAccount';
export const taskQueue = 'stipend';

/** Typed search attributes of an account's workflow, for lists in the Temporal UI. */
export const freeTierSearchAttributes = {
  App: 'KEYWORD',
  Standing: 'KEYWORD',
  UsagePercent: 'INT',
  RiskScore: 'INT',
  ResetsAt: 'DATETIME',
} as const;

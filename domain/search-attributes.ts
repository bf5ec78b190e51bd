/** Typed search attributes of an account's workflow, for lists in the Temporal UI. */
export const freeTierSearchAttributes = {
  App: 'KEYWORD',
  Standing: 'KEYWORD',
  UsagePercent: 'INT',
  RiskScore: 'INT',
  ResetsAt: 'DATETIME',
} as const;

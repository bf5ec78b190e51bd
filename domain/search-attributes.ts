/** Typed search attributes of an account's workflow, for lists in the Temporal UI. */
export const freeTierSearchAttributes = {
  App: 'KEYWORD',
  Standing: 'KEYWORD',
  UsagePercent: 'INT',
  RiskScore: 'INT',
  ResetsAt: 'DATETIME',
} as const;

export type SearchAttribute = keyof typeof freeTierSearchAttributes;

/** Those that a server does not know yet, of what it says it knows. */
export const missingSearchAttributes = (
  known: Readonly<Record<string, unknown>> | null | undefined,
): readonly SearchAttribute[] =>
  (Object.keys(freeTierSearchAttributes) as SearchAttribute[]).filter((name) => known?.[name] === undefined);

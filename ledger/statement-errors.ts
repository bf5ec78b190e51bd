import { DatabaseError } from 'pg';

/** Somebody else with the same id committed between read and commit: what is there now decides. */
const uniqueViolation = '23505';
/** Serialization failures and deadlocks. */
const rolledBack = /^40/;
/** Connections, shutdowns, exhausted resources, statements that took too long. */
const away = /^(08|53|57)/;

export type StatementFault = 'conflict' | 'statement' | 'away';

/**
 * `conflict`: read again and decide on that; `statement`: this batch of rows cannot be written, or waited for a lock in
 * vain; `away`: the database did not answer, and whether it wrote is not known.
 */
export function faultOf(error: unknown): StatementFault {
  // A row that cannot be read is its account's own trouble, not the database's.
  if (error instanceof RangeError || error instanceof TypeError) return 'statement';
  if (!(error instanceof DatabaseError) || error.code === undefined) return 'away';
  if (error.code === uniqueViolation || rolledBack.test(error.code)) return 'conflict';
  return away.test(error.code) ? 'away' : 'statement';
}

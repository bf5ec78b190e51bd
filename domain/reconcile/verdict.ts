import { type Milliseconds, minute } from '../instant.ts';

/** What the ledger says of one account's workflow. */
export type LedgerSide = {
  /** The workflow's next deadline is known: it ought to be there and wait for it. */
  readonly waits: boolean;
  /** How long that deadline has been over on the app's clock; below zero as long as it lies ahead. */
  readonly overdueBy: Milliseconds;
  /** How long the newest totals have been on their way without an answer, null where they were answered. */
  readonly unansweredFor: Milliseconds | null;
  /** Its free-tier life has ended: there ought to be no workflow. */
  readonly ended: boolean;
};

/** What Temporal says of it. */
export type WorkflowSide = 'running' | 'failed' | 'closed' | 'absent';

/**
 * `missing`: it ought to wait and is not there. `failed`: it ended by a fault or by somebody's hand. `stale`: it is there and
 * neither answers nor wakes. `needless`: it is there though the account's free-tier life has ended.
 */
export type Verdict = 'sound' | 'missing' | 'failed' | 'stale' | 'needless';

/** The relay sends again after a minute, the sweeper wakes after a minute; what they have not mended by then, they do not. */
const patience: Milliseconds = 10 * minute;

export function verdictOn(ledger: LedgerSide, workflow: WorkflowSide): Verdict {
  if (ledger.ended) return workflow === 'running' ? 'needless' : 'sound';
  const isLate =
    (ledger.unansweredFor !== null && ledger.unansweredFor > patience) ||
    (ledger.waits && ledger.overdueBy > patience);
  switch (workflow) {
    case 'running':
      return isLate ? 'stale' : 'sound';
    case 'failed':
      return ledger.waits || isLate ? 'failed' : 'sound';
    case 'closed':
    case 'absent':
      // What is on its way to be told starts it; only where nothing is, nobody would.
      return (ledger.waits && ledger.unansweredFor === null) || isLate ? 'missing' : 'sound';
    default:
      return workflow satisfies never;
  }
}

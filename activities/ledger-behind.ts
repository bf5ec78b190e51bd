import { ApplicationFailure } from '@temporalio/common';

/** The workflow knows what the ledger does not: an older backup was restored, and nobody has said so. */
export const ledgerBehind = (): ApplicationFailure =>
  ApplicationFailure.nonRetryable(
    'the workflow folded commands that the ledger does not have; if a backup was restored, run `stipend restored`',
    'ledger_behind',
  );

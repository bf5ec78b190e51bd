import { ApplicationFailure } from '@temporalio/common';
import type { OfAccount } from './free-tier-activities.ts';

/** The ledger has no such account, or no longer: a workflow of it has nothing to live for. */
export const noAccount = ({ appId, userId }: OfAccount): ApplicationFailure =>
  ApplicationFailure.nonRetryable(`the ledger has no account ${userId} of app ${appId}`, 'no_account');

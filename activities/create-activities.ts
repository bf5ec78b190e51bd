import type { Ledger } from '../ledger/ledger.ts';
import { type Heard, deliveryActivities } from './delivery-activities.ts';
import type { FreeTierActivities } from './free-tier-activities.ts';
import { ledgerActivities } from './ledger-activities.ts';
import { type ReconcileActivities, reconcileActivities } from './reconcile-activities.ts';

/** Everything the worker registers. */
export const createActivities = (
  ledger: Ledger,
  heard: Heard = {},
): FreeTierActivities & ReconcileActivities => ({
  ...ledgerActivities(ledger),
  ...deliveryActivities(ledger, heard),
  ...reconcileActivities(ledger),
});

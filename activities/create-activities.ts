import type { Ledger } from '../ledger/ledger.ts';
import { deliveryActivities } from './delivery-activities.ts';
import type { FreeTierActivities } from './free-tier-activities.ts';
import { ledgerActivities } from './ledger-activities.ts';
import { type ReconcileActivities, reconcileActivities } from './reconcile-activities.ts';

/** Everything the worker registers. */
export const createActivities = (ledger: Ledger): FreeTierActivities & ReconcileActivities => ({
  ...ledgerActivities(ledger),
  ...deliveryActivities(ledger),
  ...reconcileActivities(ledger),
});

import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AccountTotals } from '../domain/totals.ts';
import type { DecideAnswer, DecideRequest } from './names.ts';
import type { FreeTierState } from './state.ts';

/** From the relay: the account as the ledger has it. */
export const totalsSignal = defineSignal<[AccountTotals]>('totals');

/** From a person, in the Temporal UI or a script: `{"by": "maya", "note": "a customer"}`. */
export const approveSignal = defineSignal<[{ by: string; note?: string }]>('approve');
/** The same, with sessions and how long they last: `{"by": "maya", "sessions": 5, "until": "2027-01-31T00:00:00Z"}`. */
export const extendSignal =
  defineSignal<[{ by: string; sessions: number; until: string; note?: string }]>('extend');
export const rejectSignal = defineSignal<[{ by: string; note?: string }]>('reject');
export const recheckSignal = defineSignal<[{ by: string; note?: string }]>('recheck');

/** From the API: answers when the command is part of the entitlement. */
export const decideUpdate = defineUpdate<DecideAnswer, [DecideRequest]>('decide');

export const accountQuery = defineQuery<FreeTierState>('account');

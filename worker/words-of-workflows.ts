import type { InjectedSinks } from '@temporalio/worker';
import type { Words } from '../activities/free-tier-activities.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { acknowledgeMark } from '../ledger/outbox.ts';

/**
 * Written before the server takes the task's answer. That is early enough to be wrong about nothing: what is acknowledged
 * stands in the history already, and a task that is done again says the same. What fails is logged by the SDK, and the
 * account is told again a minute later.
 */
export const wordsOfWorkflows = (ledger: Ledger): InjectedSinks<Words> => ({
  ledger: {
    acknowledge: {
      fn: async (_info, word) => {
        await acknowledgeMark(ledger.pool, word);
      },
    },
  },
});

import type { Client } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { type AccountTotals, workflowIdOf } from '../domain/totals.ts';
import type { DecideAnswer, DecideRequest } from '../workflows/names.ts';

/** How the API speaks to workflows: rarely, briefly, and never so that an answer hangs on it. */
export type WorkflowMessenger = {
  /** Null: no answer in time. The command stands in the ledger, so the relay brings it in any case. */
  readonly decide: (totals: AccountTotals, command: number) => Promise<DecideAnswer | null>;
};

const answerWithinMs = 2_000;

export function createWorkflowMessenger(client: Client): WorkflowMessenger {
  return {
    decide: async (totals, command) => {
      const request: DecideRequest = { totals, command };
      const handle = client.workflow.getHandle(workflowIdOf(totals.appId, totals.userId));
      const asked = client
        .withDeadline(Date.now() + answerWithinMs, () =>
          handle.executeUpdate<DecideAnswer, [DecideRequest]>('decide', {
            args: [request],
            updateId: `command-${command}`,
          }),
        )
        .catch(() => null);
      return Promise.race([asked, delay(answerWithinMs, null, { ref: false })]);
    },
  };
}

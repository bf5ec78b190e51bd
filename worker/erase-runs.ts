import type { Client } from '@temporalio/client';
import { unlessGone } from '../activities/unless-gone.ts';
import { workflowIdOf } from '../domain/totals.ts';
import type { AccountKey } from '../ledger/totals.ts';

/**
 * Asks for a workflow by its id, or, where that holds what the server's query language cannot be trusted to quote, by the part
 * before it.
 */
function queryFor(workflowId: string): string {
  const [plain = ''] = /^[^'"`\\]*/.exec(workflowId) ?? [];
  return plain === workflowId ? `WorkflowId = '${plain}'` : `WorkflowId STARTS_WITH '${plain}'`;
}

/** The newest run as the server itself knows it, and the others as its lists do, which lag behind. */
async function runsOf(client: Client, workflowId: string): Promise<ReadonlySet<string>> {
  const runs = new Set<string>();
  const newest = await unlessGone(() => client.workflow.getHandle(workflowId).describe());
  if (newest !== null) runs.add(newest.runId);
  for await (const run of client.workflow.list({ query: queryFor(workflowId) })) {
    if (run.workflowId === workflowId) runs.add(run.runId);
  }
  return runs;
}

/**
 * Ends the workflow of an account and deletes every run of it that is known, each by its run id. Answers how many there
 * were: the server deletes in its own time, so it is asked again until there are none.
 */
export async function eraseRuns(client: Client, { appId, userId }: AccountKey): Promise<number> {
  const workflowId = workflowIdOf(appId, userId);
  const runs = await runsOf(client, workflowId);
  if (runs.size === 0) return 0;
  // Without it a run that ends as we look would be followed by another.
  await unlessGone(() => client.workflow.getHandle(workflowId).terminate('the user is being erased'));
  const { namespace } = client.options;
  for (const runId of runs) {
    await unlessGone(() =>
      client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } }),
    );
  }
  return runs.size;
}

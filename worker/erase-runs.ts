import { type Client, WorkflowNotFoundError, isGrpcServiceError } from '@temporalio/client';
import { workflowIdOf } from '../domain/totals.ts';
import type { AccountKey } from '../ledger/totals.ts';

/** gRPC NOT_FOUND. */
const notFoundCodes: ReadonlySet<number> = new Set([5]);

const isGone = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError || (isGrpcServiceError(error) && notFoundCodes.has(error.code));

async function unlessGone<Value>(work: () => Promise<Value>): Promise<Value | null> {
  try {
    return await work();
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

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

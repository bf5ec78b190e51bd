import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { reconcileType } from '../workflows/names.ts';

export const reconcileScheduleId = 'stipend-reconcile';

const everyHour = {
  spec: { intervals: [{ every: '1 hour' as const }], jitter: '5 minutes' as const },
  // A look that takes longer than an hour is not doubled, and hours that Temporal was away are not made up for.
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10 minutes' as const },
};

/** Has the reconciler run every hour; a repeat, by any worker, brings the schedule to what this version wants. */
export async function scheduleReconciler(client: Client, taskQueue: string): Promise<void> {
  const action = {
    type: 'startWorkflow' as const,
    workflowType: reconcileType,
    workflowId: reconcileScheduleId,
    taskQueue,
    args: [],
    staticSummary: 'Compares the ledger with the workflows and mends what differs',
  };
  try {
    await client.schedule.create({ scheduleId: reconcileScheduleId, ...everyHour, action });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(reconcileScheduleId)
      .update((standing) => ({ ...standing, ...everyHour, action }));
  }
}

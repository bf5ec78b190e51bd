import {
  continueAsNew,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { ReconcileActivities } from '../activities/reconcile-activities.ts';
import { accountTypes } from './names.ts';

const { reconcilePage, endOrphans } = proxyActivities<ReconcileActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { maximumInterval: '1 minute' },
});
const { noteReconciliation } = proxyLocalActivities<ReconcileActivities>({
  startToCloseTimeout: '10 seconds',
});

type Seen = Parameters<ReconcileActivities['noteReconciliation']>[0]['seen'];

/** How far a look at every account has come: plain JSON, carried through continue-as-new. */
type ReconcileState = {
  readonly v: 1;
  readonly after: { readonly app: string; readonly user: string };
  readonly seen: Seen;
};

const nothingSeen: Seen = {
  accounts: 0,
  missing: 0,
  failed: 0,
  stale: 0,
  needless: 0,
  orphaned: 0,
  mended: 0,
};

const sum = (left: Seen, right: Omit<Seen, 'orphaned'>): Seen => ({
  accounts: left.accounts + right.accounts,
  missing: left.missing + right.missing,
  failed: left.failed + right.failed,
  stale: left.stale + right.stale,
  needless: left.needless + right.needless,
  orphaned: left.orphaned,
  mended: left.mended + right.mended,
});

const inWords = (seen: Seen): string =>
  [
    `Looked at **${seen.accounts}** accounts, mended **${seen.mended}**: ${seen.missing} missing, ${seen.failed} failed,`,
    `${seen.stale} stale, ${seen.needless} needless. Ended ${seen.orphaned} that the ledger does not know.`,
  ].join(' ');

/** Compares the ledger with the workflows, a page at a time, and has those told again that are not as they ought to be. */
export async function reconcile(
  start: ReconcileState = { v: 1, after: { app: '', user: '' }, seen: nothingSeen },
): Promise<Seen> {
  const runId = workflowInfo().firstExecutionRunId;
  let { after, seen } = start;
  for (;;) {
    const page = await reconcilePage({ after });
    seen = sum(seen, page.seen);
    setCurrentDetails(inWords(seen));
    if (page.next === null) break;
    after = page.next;
    await noteReconciliation({ runId, seen, finished: false });
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof reconcile>({ v: 1, after, seen });
  }
  seen = { ...seen, orphaned: await endOrphans({ workflowTypes: accountTypes }) };
  await noteReconciliation({ runId, seen, finished: true });
  setCurrentDetails(inWords(seen));
  return seen;
}

import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { type Verdict, type WorkflowSide, verdictOn } from '../domain/reconcile/verdict.ts';
import { accountOfWorkflow, workflowIdOf } from '../domain/totals.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { newEpoch, remindAccounts } from '../ledger/rebuild.ts';
import {
  type LedgerAccount,
  type Place,
  type Reconciled,
  noteReconciliation,
  readLedgerSides,
  unknownAccounts,
} from '../ledger/reconciliations.ts';
import type { AccountKey } from '../ledger/totals.ts';
import { unlessGone } from './unless-gone.ts';

export type ReconcileActivities = {
  /** Looks at a page of the ledger's accounts and mends what is wrong; `next` is null at the end. */
  readonly reconcilePage: (request: PageRequest) => Promise<PageAnswer>;
  /** Ends workflows of accounts that the ledger has never heard of, as a restore leaves them behind. */
  readonly endOrphans: (request: { readonly workflowTypes: readonly string[] }) => Promise<number>;
  readonly noteReconciliation: (request: {
    readonly runId: string;
    readonly seen: Reconciled;
    readonly finished: boolean;
  }) => Promise<void>;
};

type PageRequest = { readonly after: Place };
type PageAnswer = { readonly next: Place | null; readonly seen: Omit<Reconciled, 'orphaned'> };

const pageSize = 200;
/** Between two questions to Temporal, so that a look at everybody is nobody's delay: 100 accounts a second. */
const paceMs = 10;

const closedWell: ReadonlySet<string> = new Set(['COMPLETED', 'CONTINUED_AS_NEW']);

async function workflowSide(client: Client, account: AccountKey): Promise<WorkflowSide> {
  const handle = client.workflow.getHandle(workflowIdOf(account.appId, account.userId));
  const run = await unlessGone(() => handle.describe());
  if (run === null) return 'absent';
  if (run.status.name === 'RUNNING') return 'running';
  return closedWell.has(run.status.name) ? 'closed' : 'failed';
}

type Judged = { readonly account: LedgerAccount; readonly verdict: Verdict };

async function judgePage(client: Client, accounts: readonly LedgerAccount[]): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const account of accounts) {
    judged.push({ account, verdict: verdictOn(account.side, await workflowSide(client, account)) });
    Context.current().heartbeat(judged.length);
    await delay(paceMs);
  }
  return judged;
}

/** Everything is mended in one way: the relay tells the workflow the absolute facts again, and starts it where it is not. */
async function reconcilePage(ledger: Ledger, client: Client, after: Place): Promise<PageAnswer> {
  const accounts = await readLedgerSides(ledger.pool, after, pageSize);
  const judged = await judgePage(client, accounts);
  const wrong = judged.filter(({ verdict }) => verdict !== 'sound').map(({ account }) => account);
  const mended =
    wrong.length === 0 ? 0 : await remindAccounts(ledger.pool, wrong, await newEpoch(ledger.pool));
  const count = (asked: Verdict): number => judged.filter(({ verdict }) => verdict === asked).length;
  const last = accounts.length < pageSize ? undefined : accounts.at(-1);
  return {
    next: last === undefined ? null : { app: last.appId, user: last.userId },
    seen: {
      accounts: accounts.length,
      missing: count('missing'),
      failed: count('failed'),
      stale: count('stale'),
      needless: count('needless'),
      mended,
    },
  };
}

async function endUnknown(ledger: Ledger, client: Client, accounts: readonly AccountKey[]): Promise<number> {
  if (accounts.length === 0) return 0;
  const unknown = await unknownAccounts(ledger.pool, accounts);
  for (const account of unknown) {
    const handle = client.workflow.getHandle(workflowIdOf(account.appId, account.userId));
    await unlessGone(() => handle.terminate('the ledger knows no such account'));
  }
  Context.current().heartbeat();
  return unknown.length;
}

async function endOrphans(ledger: Ledger, client: Client, workflowTypes: readonly string[]): Promise<number> {
  const { taskQueue } = Context.current().info;
  const types = workflowTypes.map((type) => `'${type}'`).join(', ');
  const query = `WorkflowType in (${types}) AND ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`;
  let ended = 0;
  let batch: AccountKey[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) {
    const account = accountOfWorkflow(workflowId);
    if (account !== null) batch.push(account);
    if (batch.length < pageSize) continue;
    ended += await endUnknown(ledger, client, batch);
    batch = [];
  }
  return ended + (await endUnknown(ledger, client, batch));
}

export const reconcileActivities = (ledger: Ledger): ReconcileActivities => ({
  reconcilePage: ({ after }) => reconcilePage(ledger, Context.current().client, after),
  endOrphans: ({ workflowTypes }) => endOrphans(ledger, Context.current().client, workflowTypes),
  noteReconciliation: ({ runId, seen, finished }) => noteReconciliation(ledger.pool, runId, seen, finished),
});

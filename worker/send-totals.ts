import { type Client, isGrpcServiceError } from '@temporalio/client';
import { type AccountTotals, workflowIdOf } from '../domain/totals.ts';
import { attributesOf, listedFirst } from '../workflows/attributes.ts';
import { freeTierUserType, taskQueue as defaultTaskQueue } from '../workflows/names.ts';

/** `later`: Temporal could not take it now. `never`: it refuses these very words, today and tomorrow. */
export type Sent =
  | { readonly kind: 'sent' }
  | { readonly kind: 'later'; readonly error: string }
  | { readonly kind: 'never'; readonly error: string };

/** What the first run shows at any time; later runs have the card alone. No names: it is never encrypted. */
const staticDetails = [
  'Follows one user of the free tier: nudges, resets, reviews. The ledger admits and counts.',
  '',
  'Signals for people: `approve`, `reject`, `recheck` with `{"by": "your name", "note": "why"}`, and `extend`.',
  'Never terminate or reset it: what it does not know it is told again, and what is wrong is mended by a signal.',
].join('\n');

/** The SDK retries by itself until the deadline; past it, the mark goes back and others have their turn. */
const deadlineMs = 2_000;

/** gRPC INVALID_ARGUMENT and OUT_OF_RANGE: the request itself is wrong. */
const refusedCodes: ReadonlySet<number> = new Set([3, 11]);

function judge(error: unknown): Sent {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (isGrpcServiceError(cause)) {
    // The server lacks a search attribute: what is wrong is the server, and what is right then is right tomorrow.
    const isOfServer = /search attribute/i.test(cause.details);
    const kind = refusedCodes.has(cause.code) && !isOfServer ? 'never' : 'later';
    return { kind, error: `${cause.code}: ${cause.details}` };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // Anything else never left this process: it could not be made into a request.
  return { kind: 'never', error: message };
}

/** Tells an account's workflow where the account stands, and starts the workflow if it is not there. */
export async function sendTotals(
  client: Client,
  totals: AccountTotals,
  taskQueue = defaultTaskQueue,
): Promise<Sent> {
  const { appId, userId } = totals;
  try {
    await client.withDeadline(Date.now() + deadlineMs, () =>
      client.workflow.signalWithStart(freeTierUserType, {
        workflowId: workflowIdOf(appId, userId),
        taskQueue,
        args: [{ v: 1, appId, userId }],
        signal: 'totals',
        signalArgs: [totals],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        typedSearchAttributes: attributesOf(listedFirst(totals)),
        staticSummary: 'The free tier of one user',
        staticDetails,
      }),
    );
    return { kind: 'sent' };
  } catch (error) {
    return judge(error);
  }
}

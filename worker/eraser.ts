import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { eraseAccount } from '../ledger/erase-account.ts';
import { type ErasureUnderWay, erasuresUnderWay, noteErasure } from '../ledger/erasures.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { eraseRuns } from './erase-runs.ts';

export type Eraser = {
  readonly ledger: Ledger;
  readonly client: Client;
  readonly log: Logger;
  /** How long Temporal must have known no run of the account. */
  readonly quietMs?: number;
};

/**
 * Longer than the relay's last send and a workflow's last local activity can take: after it nothing of the account is on its
 * way to the ledger or to Temporal any more.
 */
const usualQuietMs = 12_000;
/** Lists of workflows are dear to the server: it answers ten a second. */
const batch = 5;
const deadlineMs = 5_000;

async function erase({ ledger, client, log, quietMs = usualQuietMs }: Eraser, erasure: ErasureUnderWay) {
  const { appId, userId } = erasure;
  const runs = await client.withDeadline(Date.now() + deadlineMs, () => eraseRuns(client, erasure));
  if (runs > 0 || erasure.quietMs === null || erasure.quietMs < quietMs) {
    await noteErasure(ledger.pool, { appId, userId }, { runs });
    return;
  }
  if (await eraseAccount(ledger, { appId, userId })) log.info({ app: appId }, 'a user was erased');
}

/**
 * Takes every erasure that was asked for one step further: deletes the runs of its workflow until Temporal knows none, waits
 * out what may be on its way, then erases the ledger's rows. It keeps nothing in memory, so that any worker goes on with
 * what another began.
 */
export async function eraseDue(eraser: Eraser): Promise<number> {
  const underWay = await erasuresUnderWay(eraser.ledger.pool, batch);
  for (const erasure of underWay) {
    try {
      await erase(eraser, erasure);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      eraser.log.warn({ app: erasure.appId, reason }, 'an erasure could not go on and is tried again');
      await noteErasure(eraser.ledger.pool, erasure, { error: reason });
    }
  }
  return underWay.length;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { AppId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { wakeDueAccounts } from '../ledger/overdue.ts';
import type { Queryable } from '../ledger/pool.ts';
import { countUnsettled, nextWake, raiseTestClock } from '../ledger/test-clock.ts';

const batch = 1_000;
const lookEveryMs = 20;
/** Below the usual half minute of proxies. */
const waitAtMostMs = 25_000;

/** Marks every account that is due now, without waiting for its workflow. */
async function wakeAllDue(db: Queryable, app: AppId): Promise<void> {
  let woken: number;
  do {
    woken = (await wakeDueAccounts(db, { app, graceMs: 0, limit: batch })).length;
  } while (woken === batch);
}

/** True once nobody is due and everything told is acknowledged. */
async function settle(db: Queryable, app: AppId, deadline: number): Promise<boolean> {
  for (;;) {
    await wakeAllDue(db, app);
    if ((await countUnsettled(db, app)) === 0) return true;
    if (Date.now() >= deadline) return false;
    await delay(lookEveryMs);
  }
}

/** Moves the clock in one go; the accounts that are due then hear of it by themselves. */
export async function advanceAtOnce(
  db: Queryable,
  app: AppId,
  target: Instant,
  actor: string,
): Promise<void> {
  await raiseTestClock(db, app, target, actor);
  await wakeAllDue(db, app);
}

/**
 * Moves the clock from one due instant to the next, so that a reset or a reminder happens at its own time, and waits at
 * each until the workflows have acknowledged. False: they were still at it when the time was up.
 */
export async function advanceAndSettle(
  db: Queryable,
  app: AppId,
  target: Instant,
  actor: string,
): Promise<boolean> {
  const deadline = Date.now() + waitAtMostMs;
  let settled = await settle(db, app, deadline);
  for (let next = await nextWake(db, app, target); settled && next !== null;) {
    await raiseTestClock(db, app, next, null);
    settled = await settle(db, app, deadline);
    next = await nextWake(db, app, target);
  }
  await raiseTestClock(db, app, target, actor);
  return settled && (await settle(db, app, deadline));
}

import { bringUpToDate } from '../domain/account/bring-up-to-date.ts';
import { forgetErasures } from '../ledger/erasures.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  type SessionToCheck,
  forgetOldAnswers,
  postponeChecks,
  sessionsToCheck,
  wakeDueAccounts,
} from '../ledger/overdue.ts';
import { transact } from '../ledger/transact.ts';

const batch = 100;
/** The workflow's own timer has this long before the sweeper steps in for it. */
const graceMs = 60_000;

/** Settles what expired; admission does the same by itself, so this only makes it visible sooner. */
async function settle(ledger: Ledger, session: SessionToCheck): Promise<void> {
  await transact(ledger, { appId: session.appId, sessionId: session.id }, ({ state }, context) => ({
    state: bringUpToDate(state, context),
    answer: null,
  }));
}

/** Does what is overdue: sessions left open, accounts whose workflow did not wake, stored answers past their day, erasures past their period. */
export async function sweep(ledger: Ledger): Promise<number> {
  const sessions = await sessionsToCheck(ledger.pool, batch);
  for (const session of sessions.filter((candidate) => candidate.hasExpired)) await settle(ledger, session);
  const alive = sessions.filter((session) => !session.hasExpired);
  if (alive.length > 0) {
    await postponeChecks(
      ledger.pool,
      alive.map((session) => session.id),
    );
  }
  const woken = await wakeDueAccounts(ledger.pool, { app: null, graceMs, limit: batch });
  const forgotten = await forgetOldAnswers(ledger.pool);
  return sessions.length + woken.length + forgotten + (await forgetErasures(ledger.pool));
}

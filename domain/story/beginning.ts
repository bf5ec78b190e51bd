import { withAccount, withPeriod } from '../account/change.ts';
import type { DecisionContext } from '../account/context.ts';
import { firstEntitlement } from '../account/entitlement.ts';
import { type AccountState, type Period, nothingAdded } from '../account/state.ts';
import { reviewId, sessionId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { noMoney } from '../money.ts';
import type { AccountRecord } from './record.ts';

/** What a replay needs besides the rows: the terms they name, and the policy version that would open a period now. */
export type ReplayContext = Pick<DecisionContext, 'policyOf' | 'policyVersion'>;

/** The account before anything happened to it. Zone, plan and registration are what they are now. */
export const beforeEverything = ({ account }: AccountRecord): AccountState => ({
  account: {
    ...account,
    version: 0,
    currentPeriod: null,
    day: null,
    recentAttempts: [],
    recentInputs: [],
    entitlement: firstEntitlement,
    lastCommand: 0,
  },
  periods: [],
  sessions: [],
  authorizations: [],
  commands: [],
  added: nothingAdded,
});

export const contextAt = (now: Instant, context: ReplayContext): DecisionContext => ({
  ...context,
  now,
  fresh: { sessionId: sessionId('replayed'), reviewId: reviewId('replayed') },
});

/** What was drawn of grants when the period opened: what it drew of those that ended within it came later. */
function drawnAtOpening({ drawnBefore }: Period): Period['drawnBefore'] {
  const before = Object.entries(drawnBefore).map(
    ([id, { sessions, spent }]) => [id, { sessions, spent }] as const,
  );
  return Object.fromEntries(before.filter(([, { sessions, spent }]) => sessions > 0 || spent > 0));
}

export function openPeriod(state: AccountState, row: Period): AccountState {
  const fresh: Period = {
    ...row,
    sessionsUsed: row.carried?.sessions ?? 0,
    spent: row.carried?.spent ?? noMoney,
    held: noMoney,
    overshoot: row.carried?.overshoot ?? noMoney,
    crossed: [],
    drawnBefore: drawnAtOpening(row),
  };
  return withAccount(withPeriod(state, fresh), { currentPeriod: row.number });
}

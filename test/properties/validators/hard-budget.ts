import { periodOf } from '../../../domain/account/change.ts';
import { entitlementInForce, isUpgraded } from '../../../domain/account/entitlement.ts';
import type { AccountState, Period, Session } from '../../../domain/account/state.ts';
import { termsInForce } from '../../../domain/allowance/terms-in-force.ts';
import type { Validator } from '../play.ts';

const committed = (period: Period): number => period.spent + period.held;

/**
 * By induction: an admission leaves what is spent and held within the hard budget, and nothing else may raise it but
 * usage beyond its session's hold, which is counted as overshoot.
 */
export const hardBudget: Validator = {
  name: 'never spends past the hard budget, but for overshoot',
  complaint: ({ current, after, answer, context }) => {
    for (const period of after.periods) {
      const before = current.periods.find(({ number }) => number === period.number);
      const isAdmitting =
        answer.kind === 'admission' &&
        answer.admission.outcome === 'admitted' &&
        answer.admission.session.period === period.number;
      if (isAdmitting) {
        const { hardBudget: most } = termsInForce(after, period, context);
        if (!isUpgraded(after) && committed(period) > most)
          return `admitted to ${committed(period)} of ${most}`;
        continue;
      }
      const was = before === undefined ? 0 : committed(before) - before.overshoot;
      const is = committed(period) - period.overshoot;
      if (is > was) return `period ${period.number}: ${was} rose to ${is} without an admission`;
    }
    return null;
  },
};

/** What of a session's hold a call may use: its own reservation, and what no other call has reserved. */
function availableTo(call: string | null | undefined, state: AccountState, session: Session): number {
  const others = state.authorizations.filter(
    ({ id, sessionId, closedAt }) => sessionId === session.id && closedAt === null && id !== call,
  );
  return session.held - others.reduce((sum, { reserved }) => sum + reserved, 0);
}

/** A caller that stops when it is told to overshoots a session once at most, by part of one call. */
export const oneCallOver: Validator = {
  name: 'an unauthorised call overshoots only what its own cost exceeds its session’s hold by',
  complaint: ({ asked, current, after, answer }) => {
    if (asked.kind !== 'use' || answer.kind !== 'usage') return null;
    const was = current.sessions.find(({ id }) => id === asked.session.id);
    const is = after.sessions.find(({ id }) => id === asked.session.id);
    if (was === undefined || is === undefined) return 'the session was not loaded';
    const over = Math.max(0, asked.request.cost - availableTo(asked.request.authorizationId, current, was));
    const period = periodOf(after, is.period);
    const periodWas = periodOf(current, is.period);
    if (is.overshoot - was.overshoot !== over)
      return `session: ${was.overshoot} to ${is.overshoot}, over ${over}`;
    if (period.overshoot - periodWas.overshoot !== over) return `period: overshoot did not rise by ${over}`;
    if (isUpgraded(after)) return null;
    const mayGoOn = is.endedAt === null && availableTo(null, after, is) > 0;
    if (over > 0 && answer.usage.continue) return 'overshot, and told to go on';
    if (answer.usage.continue && !mayGoOn) return 'told to go on with nothing left';
    return null;
  },
};

export const authorizedFits: Validator = {
  name: 'authorized calls overshoot nothing, and their reservations fit in their session’s hold',
  complaint: ({ asked, current, after, answer }) => {
    for (const session of after.sessions) {
      const reserved = session.held - availableTo(null, after, session);
      if (reserved > session.held) return `${session.id}: ${reserved} reserved of ${session.held} held`;
    }
    if (asked.kind !== 'use' || answer.kind !== 'usage') return null;
    const { authorizationId } = asked.request;
    const wasOpen = current.authorizations.find(
      ({ id, closedAt }) => id === authorizationId && closedAt === null,
    );
    if (wasOpen === undefined) return null;
    // Whoever pays, or did when it was authorized, is never cut: what their hold does not cover is overshoot.
    if (entitlementInForce(current).billing !== undefined) return null;
    return answer.usage.overshoot === 0 ? null : `${answer.usage.overshoot} overshot, though authorized`;
  },
};

import { today } from '../../../domain/account/bring-up-to-date.ts';
import { decideEnd } from '../../../domain/allowance/end-session.ts';
import type { Validator } from '../play.ts';

const refundsPerDay = 3;

export const refundIsExact: Validator = {
  name: 'an unused session that ends gives back exactly what it took',
  complaint: ({ after, answer, context, current }) => {
    if (answer.kind !== 'admission' || answer.admission.outcome !== 'admitted') return null;
    const { session } = answer.admission;
    const { state } = decideEnd(after, session.id, context);
    const of = (from: typeof after) => from.periods.find(({ number }) => number === session.period);
    const was = of(current);
    const is = of(state);
    if (was === undefined || is === undefined) return 'its period was not loaded';
    if (is.held !== was.held || is.spent !== was.spent) return `held ${was.held} became ${is.held}`;
    const isGivenBack = today(current).refunds < refundsPerDay;
    const lost = isGivenBack ? 0 : 1;
    if (is.sessionsUsed - was.sessionsUsed !== lost)
      return `${was.sessionsUsed} used became ${is.sessionsUsed}`;
    const days = [today(current).sessions, today(state).sessions];
    return days[1] === (days[0] ?? 0) + lost ? null : `today ${days[0]} used became ${days[1]}`;
  },
};

export const endReleasesItsOwn: Validator = {
  name: 'an end releases what its own session held and touches no other',
  complaint: ({ asked, current, after }) => {
    if (asked.kind !== 'end') return null;
    for (const was of current.sessions) {
      const is = after.sessions.find(({ id }) => id === was.id);
      if (was.id !== asked.session.id && JSON.stringify(is) !== JSON.stringify(was))
        return `${was.id} changed with another's end`;
    }
    const was = current.sessions.find(({ id }) => id === asked.session.id);
    const is = after.sessions.find(({ id }) => id === asked.session.id);
    if (was === undefined || is === undefined) return 'the session was not loaded';
    const of = (from: typeof after) => from.periods.find(({ number }) => number === was.period)?.held ?? 0;
    const released = was.held - is.held;
    if (of(current) - of(after) !== released) return `released ${of(current) - of(after)}, not ${released}`;
    return is.endedAt === null ? 'it still runs' : null;
  },
};

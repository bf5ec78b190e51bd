import type { Validator } from '../play.ts';

/** The tally is kept from sessions and events alone. */
export const counterEqualsSum: Validator = {
  name: 'every counter of a period equals the sum over its sessions and calls',
  complaint: ({ after, world }) => {
    for (const period of after.periods) {
      const { used, overshoot, spent } = world.tallyOf(period.number);
      if (period.sessionsUsed !== used) return `sessions: counter ${period.sessionsUsed}, sum ${used}`;
      if (period.spent !== spent) return `spent: counter ${period.spent}, sum ${spent}`;
      if (period.overshoot !== overshoot) return `overshoot: counter ${period.overshoot}, sum ${overshoot}`;
    }
    for (const session of after.sessions) {
      const spent = world.spentOf.get(session.id) ?? 0;
      if (session.spent !== spent) return `${session.id}: counter ${session.spent}, calls ${spent}`;
    }
    return null;
  },
};

export const holdsSum: Validator = {
  name: 'what a period holds is what its sessions hold, and no more than they were given',
  complaint: ({ after, world }) => {
    for (const period of after.periods) {
      const { held } = world.tallyOf(period.number);
      if (period.held !== held) return `period ${period.number}: counter ${period.held}, sum ${held}`;
    }
    for (const session of after.sessions) {
      if (session.held > session.cap) return `${session.id} holds ${session.held} of ${session.cap}`;
      if (session.spent + session.held > session.cap + session.overshoot)
        return `${session.id}: ${session.spent} spent and ${session.held} held of ${session.cap}`;
    }
    return null;
  },
};

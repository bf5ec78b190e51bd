import type { Validator } from '../play.ts';

export const periodsTile: Validator = {
  name: 'periods tile: each starts where the last ended, contains its instant, and never moves',
  complaint: ({ before, after, context, world }) => {
    for (const period of after.periods) {
      const was = before.periods.find(({ number }) => number === period.number);
      if (was !== undefined) {
        const moved = was.startsAt !== period.startsAt || was.endsAt !== period.endsAt;
        if (moved || was.plan !== period.plan || was.policyVersion !== period.policyVersion)
          return `period ${period.number} changed while it ran`;
        continue;
      }
      if (context.now < period.startsAt || context.now >= period.endsAt)
        return `period ${period.number} opened at ${context.now}, outside itself`;
      const previous = world.periods.get(period.number - 1);
      if (previous !== undefined && previous.endsAt !== period.startsAt)
        return `period ${period.number} starts ${period.startsAt - previous.endsAt} ms from the last one's end`;
      for (const other of world.periods.values()) {
        if (other.number < period.number && other.endsAt > period.startsAt)
          return `periods ${other.number} and ${period.number} overlap`;
      }
    }
    return null;
  },
};

export const daysTile: Validator = {
  name: 'days tile: each starts no sooner than the last ended, contains its instant, and never moves',
  complaint: ({ before, after, context }) => {
    const [was, is] = [before.account.day, after.account.day];
    if (was === null || is === null) return null;
    if (was.startsAt === is.startsAt) return was.endsAt === is.endsAt ? null : `day ${is.date} moved`;
    if (is.startsAt < was.endsAt) return `days ${was.date} and ${is.date} overlap`;
    return context.now >= is.startsAt && context.now < is.endsAt
      ? null
      : `day ${is.date} opened outside itself`;
  },
};

export const endsOnce: Validator = {
  name: 'what has ended stays ended, at the instant it did',
  complaint: ({ before, after }) => {
    for (const was of before.sessions) {
      const is = after.sessions.find(({ id }) => id === was.id);
      if (is === undefined) return `${was.id} is gone`;
      if (was.endedAt !== null && (is.endedAt !== was.endedAt || is.endedVersion !== was.endedVersion))
        return `${was.id} ended again`;
      if (
        is.endedAt !== null &&
        (is.end === 'expired') !== (is.endedAt === is.expiresAt) &&
        is.end === 'expired'
      )
        return `${was.id} expired at another instant than its own`;
    }
    return null;
  },
};

export const crossesOnce: Validator = {
  name: 'a threshold is crossed once in a period, and the period remembers it',
  complaint: ({ before, after }) => {
    for (const { period, threshold } of after.added.crossings) {
      const was = before.periods.find(({ number }) => number === period);
      if (was?.crossed.includes(threshold) === true)
        return `${threshold} % of period ${period} crossed again`;
      const is = after.periods.find(({ number }) => number === period);
      if (is?.crossed.includes(threshold) !== true) return `${threshold} % of period ${period} forgotten`;
    }
    const keys = after.added.crossings.map(({ period, threshold }) => `${period}/${threshold}`);
    return new Set(keys).size === keys.length ? null : 'one decision crossed a threshold twice';
  },
};

import type { Path } from './life.ts';

const someDays = '2199-01-31T00:00:00Z';

/** What people say, well and badly. */
export const peoplePaths: readonly Path[] = [
  ...(['approve', 'reject'] as const).map((decision): Path => ({
    name: `review-${decision}-by-update`,
    shows: `a review, decided through the API: ${decision}`,
    play: async (life) => {
      await life.sessions(1);
      const review = await life.flag('under_review');
      await life.app.growth('POST', `/v1/reviews/${review}/decision`, { decision, note: 'looked at' });
      await life.settled();
    },
  })),
  {
    name: 'review-reject-by-signal',
    shows: 'a review, decided in the Temporal UI: reject',
    play: async (life) => {
      await life.sessions(1);
      await life.flag('under_review');
      await life.signal('reject', { by: 'maya', note: 'a script' });
      await life.until(({ entitlement }) => entitlement.standing === 'suspended');
      await life.settled();
    },
  },
  {
    name: 'suspended-then-approved',
    shows: 'a suspended user is let go on after all',
    play: async (life) => {
      await life.sessions(1);
      await life.flag('under_review');
      await life.signal('reject', { by: 'maya' });
      await life.until(({ entitlement }) => entitlement.standing === 'suspended');
      await life.signal('approve', { by: 'maya', note: 'a mistake' });
      await life.until(({ entitlement }) => entitlement.standing === 'good');
      await life.settled();
    },
  },
  {
    name: 'restricted-then-approved',
    shows: 'a restricted user goes on with half the sessions until approved',
    play: async (life) => {
      await life.sessions(1);
      await life.flag('restricted');
      await life.sessions(1);
      await life.signal('approve', { by: 'maya' });
      await life.until(({ entitlement }) => entitlement.standing === 'good');
      await life.settled();
    },
  },
  {
    name: 'approve-without-a-review',
    shows: 'an approval of who was never flagged: noted, nothing changed',
    play: async (life) => {
      await life.sessions(1);
      await life.signal('approve', { by: 'maya' });
      await life.until(({ acts, actsTaken }) => actsTaken === 1 && acts.length === 0);
      await life.settled();
    },
  },
  {
    name: 'the-same-word-three-times',
    shows: 'one approval counts, its repeats are noted',
    play: async (life) => {
      await life.sessions(1);
      await life.flag('under_review');
      for (let times = 0; times < 3; times += 1) await life.signal('approve', { by: 'maya' });
      await life.until(({ acts, actsTaken }) => actsTaken === 3 && acts.length === 0);
      await life.settled();
    },
  },
  {
    name: 'signals-that-nobody-should-send',
    shows: 'malformed, unknown and foreign signals: noted, nothing changed',
    play: async (life) => {
      await life.sessions(1);
      await life.signal('approve', 'yes');
      await life.signal('reject', { note: 'no name' });
      await life.signal('extend', { by: 'maya', sessions: 0.5, until: someDays });
      await life.signal('totals', { v: 1, appId: 'other', userId: 'other' });
      await life.signal('explode', { by: 'maya' });
      await life.until(({ journal }) => journal.filter(({ kind }) => kind === 'problem').length === 3);
      await life.sessions(1);
    },
  },
  {
    name: 'extended-by-signal',
    shows: 'extra sessions until a time, and one extension that is over already',
    play: async (life) => {
      await life.sessions(1);
      await life.signal('extend', { by: 'maya', sessions: 3, until: someDays });
      await life.signal('extend', { by: 'maya', sessions: 3, until: '2020-01-31T00:00:00Z' });
      await life.until(({ acts, actsTaken }) => actsTaken === 2 && acts.length === 0);
      await life.settled();
    },
  },
  {
    name: 'recheck-keeps',
    shows: 'a look at a held user once more: kept',
    play: async (life) => {
      await life.sessions(1);
      await life.flag('under_review');
      await life.signal('recheck', { by: 'maya' });
      await life.until(({ acts, actsTaken }) => actsTaken === 1 && acts.length === 0);
      await life.settled();
    },
  },
  {
    name: 'reminded-then-approved',
    shows: 'a review that was due is decided before it is escalated',
    play: async (life) => {
      await life.sessions(1);
      await life.flag('under_review');
      await life.advance('PT25H');
      await life.signal('approve', { by: 'maya' });
      await life.until(({ entitlement }) => entitlement.standing === 'good');
      await life.settled();
    },
  },
  {
    name: 'upgraded-while-under-review',
    shows: 'who pays is still held: the free-tier life waits for the person',
    play: async (life) => {
      await life.sessions(1);
      await life.flag('under_review');
      await life.app.call('POST', '/v1/users/ada/events', { event: 'upgraded' });
      await life.until(({ entitlement }) => entitlement.billing !== undefined);
      await life.signal('approve', { by: 'maya' });
      await life.isOver();
    },
  },
  {
    name: 'upgraded',
    shows: 'an upgrade ends the free-tier life with a summary',
    play: async (life) => {
      await life.sessions(7);
      await life.app.call('POST', '/v1/users/ada/events', { event: 'upgraded' });
      await life.isOver();
    },
  },
  {
    name: 'downgraded',
    shows: 'a user who paid comes back: the free-tier life begins again where it was',
    play: async (life) => {
      await life.sessions(7);
      await life.app.call('POST', '/v1/users/ada/events', { event: 'upgraded' });
      await life.isOver();
      await life.app.call('POST', '/v1/users/ada/events', { event: 'downgraded' });
      await life.sessions(2);
    },
  },
];

import { type Path, policyWith, twoAMonth } from './life.ts';

/** Along the ladder, and what moves a user on it. */
export const ladderPaths: readonly Path[] = [
  {
    name: 'first-session',
    shows: 'a first session, told and acknowledged',
    play: (life) => life.sessions(1),
  },
  { name: 'nudge-at-70', shows: 'the seventh session of ten', play: (life) => life.sessions(7) },
  { name: 'nudge-at-85', shows: 'the ninth session of ten', play: (life) => life.sessions(9) },
  {
    name: 'nudge-at-95-while-it-runs',
    shows: 'the tenth session runs: 95 %, and 100 % waits for its end',
    play: async (life) => {
      await life.sessions(9);
      await life.ask();
      await life.settled();
    },
  },
  { name: 'nudge-at-100', shows: 'all ten sessions', play: (life) => life.sessions(10) },
  {
    name: 'jump-over-steps',
    shows: 'one dear session jumps over two steps: the highest is sent, the other passed',
    play: async (life) => {
      const session = await life.ask();
      for (let call = 0; call < 3; call += 1) await life.use(session, 0.48);
      await life.end(session);
      await life.settled();
    },
  },
  {
    name: 'refund-at-a-step',
    shows: 'the seventh session is given back unused and used again: one nudge',
    play: async (life) => {
      await life.sessions(6);
      const seventh = await life.ask();
      await life.settled();
      await life.end(seventh);
      await life.settled();
      await life.sessions(1);
    },
  },
  {
    name: 'grant-before-the-nudge',
    shows: 'a grant raises the limit before a step is reached',
    play: async (life) => {
      await life.sessions(5);
      await life.app.growth('POST', '/v1/users/ada/grants', {
        sessions: 10,
        budget_usd: 1,
        reason: 'a launch',
      });
      await life.settled();
      await life.sessions(4);
    },
  },
  {
    name: 'grant-after-the-cutoff',
    shows: 'a grant lifts the cut-off, and the rest is used up',
    play: async (life) => {
      await life.sessions(10);
      await life.app.growth('POST', '/v1/users/ada/grants', {
        sessions: 2,
        budget_usd: 1,
        reason: 'a launch',
      });
      await life.settled();
      await life.sessions(2);
    },
  },
  {
    name: 'override-put-and-withdrawn',
    shows: 'an override, and its end',
    play: async (life) => {
      await life.sessions(1);
      const { body } = await life.app.growth('POST', '/v1/users/ada/overrides', {
        limits: { per_month: 20 },
        until: null,
        reason: 'a class',
      });
      await life.settled();
      await life.app.growth('DELETE', `/v1/users/ada/modifiers/${body.id}`);
      await life.settled();
    },
  },
  {
    name: 'held-out-of-the-ladder',
    shows: 'a user of the holdout: steps are withheld, the reset is told',
    policy: policyWith({ sessions: twoAMonth }, { growth: { holdout: 100 } }),
    play: async (life) => {
      await life.sessions(2);
      await life.advance('P31D');
    },
    run: 'first',
  },
  {
    name: 'usage-after-the-reset',
    shows: 'usage of a closed period arrives late, as an adjustment',
    play: async (life) => {
      const session = await life.ask();
      await life.use(session);
      await life.end(session);
      await life.advance('P31D');
      await life.use(session, 0.05);
      await life.sessions(1);
    },
  },
  {
    name: 'an-ordinary-month',
    shows: 'ten sessions, the workflow hearing of each, every nudge and the reset',
    play: async (life) => {
      await life.sessionsToldOfEach(10);
      await life.advance('P31D');
    },
    run: 'first',
  },
  {
    name: 'a-later-month',
    shows: 'two such months: the second in the run of the first',
    play: (life) => life.fullMonths(2),
  },
  {
    name: 'the-heaviest-month',
    shows:
      'thirty sessions, every nudge, a grant, a flag and its approval: a month as full as a free user’s gets',
    policy: policyWith({ sessions: { per_day: null, per_month: 30, concurrent: 2, idle_timeout: 'PT30M' } }),
    play: async (life) => {
      await life.sessionsToldOfEach(10);
      await life.flag('under_review');
      await life.signal('approve', { by: 'maya' });
      await life.until(({ entitlement }) => entitlement.foldedThrough === 2);
      await life.sessionsToldOfEach(18);
      await life.app.growth('POST', '/v1/users/ada/grants', {
        sessions: 2,
        budget_usd: 1,
        reason: 'a class',
      });
      await life.sessionsToldOfEach(4);
      await life.advance('P31D');
    },
    run: 'first',
  },
  {
    name: 'left-open-and-expired',
    shows: 'a session that nobody ended',
    play: async (life) => {
      await life.use(await life.ask());
      await life.advance('PT2H');
      await life.sessions(1);
    },
  },
];

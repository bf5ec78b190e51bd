import { type Path, policyWith, twoAMonth } from './life.ts';

/** Ends of periods, silence and coming back. */
export const calendarPaths: readonly Path[] = [
  {
    name: 'reset-with-notice',
    shows: 'an active user’s period ends: notice, and the run goes on',
    play: async (life) => {
      await life.sessions(7);
      await life.advance('P31D');
    },
    run: 'first',
  },
  {
    name: 'after-a-reset',
    shows: 'two periods of one run',
    play: async (life) => {
      await life.sessions(3);
      await life.advance('P31D');
      await life.sessions(2);
    },
  },
  {
    name: 'half-a-year',
    shows: 'six months of ten sessions each in one run, which ends with their last reset',
    play: (life) => life.fullMonths(6),
    run: 'first',
  },
  {
    name: 'after-half-a-year',
    shows: 'the run that begins after half a year, from the state of the one before',
    play: async (life) => {
      for (let month = 0; month < 6; month += 1) {
        await life.sessions(1);
        await life.advance('P31D');
      }
      await life.sessions(2);
    },
  },
  {
    name: 'reset-told-to-be-near',
    shows: 'who is at the cut-off is told the day before',
    policy: policyWith({
      sessions: twoAMonth,
      period: { every: 'P1M', anchor: 'registration', announce_reset: 'PT24H' },
    }),
    play: async (life) => {
      await life.sessions(2);
      await life.advance('P31D');
    },
    run: 'first',
  },
  {
    name: 'three-periods-missed',
    shows: 'no worker for three periods: one notice, about the last',
    policy: policyWith({ sessions: twoAMonth }),
    play: async (life) => {
      await life.sessions(1);
      await life.product.stopWorker();
      for (let month = 0; month < 3; month += 1) {
        await life.advance('P31D', false);
        const session = await life.ask();
        await life.use(session);
        await life.end(session);
      }
      await life.product.startWorker();
      await life.settled();
    },
    run: 'first',
  },
  {
    name: 'woken-from-hibernation',
    shows: 'a user comes back after silent months: a new workflow, from the ledger',
    play: async (life) => {
      await life.sessions(1);
      await life.advance('P90D');
      await life.isOver();
      await life.sessions(2);
    },
  },
  {
    name: 'weekly-periods',
    shows: 'two weeks of a weekly plan',
    policy: policyWith({ period: { every: 'P1W', anchor: 'calendar' } }),
    play: async (life) => {
      await life.sessions(2);
      await life.advance('P7D');
      await life.sessions(2);
    },
    run: 'first',
  },
  {
    name: 'another-zone-from-the-next-period',
    shows: 'the user moves: days and periods follow from the next period on',
    play: async (life) => {
      await life.app.call('PUT', '/v1/users/ada', { time_zone: 'Europe/Berlin' });
      await life.sessions(1);
      await life.app.call('PUT', '/v1/users/ada', { time_zone: 'Pacific/Kiritimati' });
      await life.advance('P31D');
      await life.sessions(1);
    },
  },
  {
    name: 'suspended-over-a-reset',
    shows: 'a suspended user’s period ends: nothing is announced',
    play: async (life) => {
      await life.sessions(1);
      await life.flag('under_review');
      await life.signal('reject', { by: 'maya', note: 'a script' });
      await life.until((state) => state.entitlement.standing === 'suspended');
      await life.advance('P31D');
    },
    run: 'first',
  },
];

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withAccount } from '../../../domain/account/change.ts';
import { limitStreak } from '../../../domain/growth/limit-streak.ts';
import { hour } from '../../../domain/instant.ts';
import { at, policyWith } from '../an-account.ts';
import { ALife } from './a-life.ts';

const monthly = (announceReset: string | null = null) =>
  policyWith((plan) => ({
    ...plan,
    sessions: { ...plan.sessions, per_day: null, per_month: 2 },
    period: { every: 'P1M', anchor: 'calendar', announce_reset: announceReset },
  }));

/** Born in the first hours of January; two sessions use a month up. */
const born = (announceReset: string | null = null) =>
  new ALife(at('2026-01-01T02:00:00Z'), monthly(announceReset));

function plays(life: ALife, sessions: number): ALife {
  for (let number = 0; number < sessions; number += 1) {
    life.session();
    life.forward(hour);
  }
  return life;
}

const resets = (life: ALife) => life.inbox.flatMap(({ notice }) => (notice.kind === 'reset' ? [notice] : []));

describe('at a reset', () => {
  test('who hit the limit is told what they used and that it is back, once', () => {
    const life = plays(born(), 2).live(at('2026-02-01T00:00:00Z'));
    life.settle().live(at('2026-02-10T00:00:00Z'));
    expect(resets(life)).toEqual([
      { kind: 'reset', period: 2, before: { sessionsUsed: 2, sessionsLimit: 2 } },
    ]);
  });

  test('who was active below the limit is told too', () => {
    const life = plays(born(), 1).live(at('2026-02-01T00:00:00Z'));
    expect(resets(life)).toMatchObject([{ before: { sessionsUsed: 1 } }]);
  });

  test('who was silent is not', () => {
    const life = plays(born(), 1).live(at('2026-04-15T00:00:00Z'));
    expect(resets(life).map(({ period }) => period)).toEqual([2]);
    expect(life.isAsleep).toBe(true);
  });

  test('who is suspended or under review is not: there is no allowance that could be back', () => {
    for (const standing of ['suspended', 'under_review'] as const) {
      const life = plays(born(), 2);
      const { entitlement } = life.state.account;
      life.state = withAccount(life.state, { entitlement: { ...entitlement, version: 1, standing } });
      life.live(at('2026-02-02T00:00:00Z'));
      expect(resets(life)).toEqual([]);
      expect(life.workflow.announced).toBe(2);
    }
  });

  test('who has used the new period up by the time the workflow looks is not: it would not be true', () => {
    const life = plays(born(), 2);
    life.goTo('2026-02-01T05:00:00Z');
    plays(life, 2).settle();
    expect(resets(life)).toEqual([]);
    expect(life.accounted).toEqual(new Set([1]));
  });

  test('sessions left behind are settled and what they held is free', () => {
    const life = born();
    life.ask();
    life.live(at('2026-02-01T00:00:00Z'));
    expect(life.running()).toEqual([]);
    expect(life.state.periods.map(({ held }) => held)).toEqual([0, 0]);
  });

  test('a lost workflow tells nothing twice and forgets nothing that was owed', () => {
    const life = plays(born(), 2).live(at('2026-02-01T00:00:00Z'));
    life.forgetWorkflow().live(at('2026-02-20T00:00:00Z'));
    plays(life, 1).forgetWorkflow();
    life.live(at('2026-03-02T00:00:00Z')).forgetWorkflow().settle();
    expect(resets(life).map(({ period }) => period)).toEqual([2, 3]);
  });
});

describe('three months with the workflow away', () => {
  function awayFor3Months() {
    const life = plays(born(), 1).settle();
    for (const month of ['02', '03', '04']) plays(life.goTo(`2026-${month}-10T00:00:00Z`), 2);
    return life.goTo('2026-05-10T00:00:00Z');
  }

  test('are one notice, about the last of them', () => {
    const life = awayFor3Months().settle();
    expect(resets(life)).toEqual([
      { kind: 'reset', period: 5, before: { sessionsUsed: 2, sessionsLimit: 2 } },
    ]);
  });

  test('leave the right streak, with the first instant at 100 % of each period', () => {
    const life = awayFor3Months().settle();
    expect(life.workflow.limitStreak).toBe(3);
    expect(life.workflow.limitHits).toEqual([
      { period: 2, at: at('2026-02-10T01:00:00Z') },
      { period: 3, at: at('2026-03-10T01:00:00Z') },
      { period: 4, at: at('2026-04-10T01:00:00Z') },
    ]);
  });

  test('leave no period that is not accounted for', () => {
    expect(awayFor3Months().settle().accounted).toEqual(new Set([1, 2, 3, 4]));
  });

  test('the streak ends with a month below the limit, and with a silent one', () => {
    const below = awayFor3Months();
    plays(below, 1).goTo('2026-06-02T00:00:00Z').settle();
    expect(below.workflow.limitStreak).toBe(0);
    const silent = awayFor3Months().goTo('2026-06-02T00:00:00Z').settle();
    expect(silent.workflow.limitStreak).toBe(0);
  });
});

describe('"your allowance resets tomorrow"', () => {
  const soon = (life: ALife) => life.notices().filter((id) => id.startsWith('reset_soon'));

  test('is told at the policy’s time to who is at the cut-off, once', () => {
    const life = plays(born('PT24H'), 2).live(at('2026-02-10T00:00:00Z'));
    expect(life.inbox.filter(({ id }) => id === 'reset_soon-1')).toMatchObject([
      { at: at('2026-01-31T00:00:00Z') },
    ]);
    expect(soon(life)).toEqual(['reset_soon-1']);
  });

  test.each([
    ['who is below the cut-off', (life: ALife) => plays(life, 1)],
    ['who was granted more since', (life: ALife) => void plays(life, 2).grant({ sessions: 3, dollars: 1 })],
    [
      'who came to the cut-off after that time and was told so then',
      (life: ALife) => plays(life.goTo('2026-01-31T05:00:00Z'), 2),
    ],
  ])('is not told to %s', (_who, live) => {
    const life = born('PT24H');
    live(life);
    life.live(at('2026-02-10T00:00:00Z'));
    expect(soon(life)).toEqual([]);
  });

  test('is not told where the policy says nothing of it', () => {
    expect(soon(plays(born(), 2).live(at('2026-02-10T00:00:00Z')))).toEqual([]);
  });

  test('lapses with the period when the workflow was away', () => {
    const life = plays(born('PT24H'), 2).settle();
    life.goTo('2026-02-03T00:00:00Z').settle();
    expect(soon(life)).toEqual([]);
    expect(resets(life)).toHaveLength(1);
  });

  test('is told late by a workflow that was away for a part of the day, and not again after it was lost', () => {
    const life = plays(born('PT24H'), 2).settle();
    life.goTo('2026-01-31T20:00:00Z').settle();
    life.forgetWorkflow().settle();
    expect(soon(life)).toEqual(['reset_soon-1']);
  });
});

test('however often the workflow looks, is away or is lost, the streak is the ledger’s and every notice is one', () => {
  const month = fc.record({
    sessions: fc.integer({ min: 0, max: 3 }),
    awake: fc.boolean(),
    lost: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(month, { minLength: 1, maxLength: 14 }), (months) => {
      const life = born('PT24H');
      life.session();
      for (const [index, { sessions, awake, lost }] of months.entries()) {
        const start = Date.UTC(2026, index, 5);
        if (lost) life.forgetWorkflow();
        if (awake) life.live(at(new Date(start).toISOString()));
        else life.goTo(new Date(start).toISOString());
        plays(life, sessions);
      }
      // Who is asleep after silent months is woken by whatever is asked for next.
      plays(life, 1).settle();
      const current = life.state.account.currentPeriod ?? 0;
      const hits = life.added.crossings.filter(({ threshold }) => threshold === 100);
      expect(life.workflow.limitStreak).toBe(limitStreak(hits, current));
      expect(new Set(life.notices()).size).toBe(life.inbox.length);
      const ended = life.state.periods.map(({ number }) => number).filter((number) => number < current);
      expect([...life.accounted].sort((left, right) => left - right)).toEqual(ended);
      const rebuilt = life.workflow;
      life.forgetWorkflow().settle();
      expect(life.workflow.limitHits).toEqual(rebuilt.limitHits);
      expect(life.workflow.periods.at(-1)).toEqual(rebuilt.periods.at(-1));
    }),
    { numRuns: 150 },
  );
});

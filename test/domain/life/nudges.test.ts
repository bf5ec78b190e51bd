import { describe, expect, test } from 'vitest';
import { hour, minute } from '../../../domain/instant.ts';
import { at, policyWith } from '../an-account.ts';
import { ALife } from './a-life.ts';

const roomy = policyWith((plan) => ({ ...plan, sessions: { ...plan.sessions, per_day: null } }));
const born = () => new ALife(at('2026-11-01T10:00:00Z'), roomy);

/** Sessions of a cent, each settled with the workflow awake. */
function plays(life: ALife, sessions: number): ALife {
  for (let number = 0; number < sessions; number += 1) {
    life.session();
    life.forward(hour).settle();
  }
  return life;
}

function admitted(life: ALife): string {
  const answer = life.ask(true);
  if (answer.outcome !== 'admitted') throw new Error(`not admitted: ${answer.outcome}`);
  return answer.session.id;
}

test('ten sessions with the workflow awake: a nudge each at 70, 85, 95 and 100 %', () => {
  const life = plays(born(), 11);
  expect(life.notices()).toEqual(['nudge-1-70', 'nudge-1-85', 'nudge-1-100']);
  expect(life.decisions()).toEqual(['70 delivered', '85 delivered', '95 passed', '100 delivered']);
});

describe('a jump', () => {
  test('over two thresholds in one call delivers the highest and passes the other', () => {
    const life = born();
    const id = admitted(life);
    life.use(id, 1.44);
    life.settle();
    expect(life.decisions()).toEqual(['70 passed', '85 delivered']);
    expect(life.notices()).toEqual(['nudge-1-85']);
  });

  test('made while the workflow was away, over several commits, is one nudge', () => {
    const life = born();
    for (let number = 0; number < 10; number += 1) life.session();
    life.settle();
    expect(life.notices()).toEqual(['nudge-1-100']);
    expect(life.decisions()).toEqual(['70 passed', '85 passed', '95 passed', '100 delivered']);
  });

  test('told twice, late or after the workflow was lost is no second nudge', () => {
    const life = plays(born(), 9);
    const before = life.notices();
    life.settle().forgetWorkflow().settle().settle();
    expect(life.notices()).toEqual(before);
  });
});

test('going back under by a refund fires nothing again', () => {
  const life = plays(born(), 6);
  const seventh = admitted(life);
  life.settle();
  expect(life.notices()).toEqual(['nudge-1-70']);
  life.end(seventh);
  expect(life.period().sessionsUsed).toBe(6);
  plays(life, 1);
  expect(life.period().sessionsUsed).toBe(7);
  expect(life.notices()).toEqual(['nudge-1-70']);
});

describe('a grant', () => {
  test('that brings the user back under fires nothing again, and what was not reached before fires when it is', () => {
    const life = plays(born(), 9);
    life.grant({ sessions: 10, dollars: 2 });
    plays(life, 9);
    expect(life.notices()).toEqual(['nudge-1-70', 'nudge-1-85']);
    plays(life, 2);
    expect(life.decisions()).toEqual(['70 delivered', '85 delivered', '95 delivered', '100 delivered']);
  });

  test('after the cut-off lifts it, and using it up nudges no second time in the period', () => {
    const life = plays(born(), 10);
    life.grant({ sessions: 1, dollars: 1 });
    plays(life, 1);
    expect(life.ask().outcome).toBe('refused');
    life.settle();
    expect(life.notices().filter((id) => id === 'nudge-1-100')).toHaveLength(1);
    expect(life.nudges.filter(({ threshold }) => threshold === 100)).toHaveLength(1);
  });
});

test('a plan with more sessions in mid-period fires nothing again for the part already warned of', () => {
  const life = plays(born(), 9);
  life.override({ sessionsPerPeriod: 20 });
  plays(life, 8);
  expect(life.notices()).toEqual(['nudge-1-70', 'nudge-1-85']);
});

test('a plan with fewer sessions in mid-period warns with the next session, once, of the highest', () => {
  const life = plays(born(), 5);
  life.override({ sessionsPerPeriod: 6 });
  plays(life, 1);
  expect(life.notices()).toEqual(['nudge-1-100']);
});

describe('the confirm step', () => {
  test('fires when the last session is asked for, before it is confirmed, and once', () => {
    const life = plays(born(), 9);
    expect(life.ask().outcome).toBe('confirm');
    life.settle();
    expect(life.decisions().at(-1)).toBe('95 delivered');
    expect(life.ask().outcome).toBe('confirm');
    life.settle();
    expect(life.notices().filter((id) => id === 'nudge-1-95')).toHaveLength(1);
  });

  test('fires too where the session was confirmed without a question', () => {
    const life = plays(born(), 9);
    admitted(life);
    life.settle();
    expect(life.decisions().at(-1)).toBe('95 delivered');
  });
});

describe('the cut-off', () => {
  test('is told when the last session ends, never while it runs', () => {
    const life = plays(born(), 9);
    const last = admitted(life);
    life.use(last, 0.05);
    life.settle();
    expect(life.notices()).not.toContain('nudge-1-100');
    life.end(last);
    life.settle();
    expect(life.notices()).toContain('nudge-1-100');
  });

  test('waits for the second of two running sessions', () => {
    const life = plays(born(), 8);
    const [first, second] = [admitted(life), admitted(life)];
    life.use(first, 0.01);
    life.use(second, 0.01);
    life.end(second);
    life.settle();
    expect(life.notices()).not.toContain('nudge-1-100');
    life.end(first);
    life.settle();
    expect(life.notices()).toContain('nudge-1-100');
  });

  test('is told when the last session expires unattended, as of the instant it expired', () => {
    const life = plays(born(), 9);
    const last = admitted(life);
    life.use(last, 0.05);
    const expired = life.now + 30 * minute;
    life.forward(2 * hour);
    life.period();
    life.ask();
    life.settle();
    expect(life.added.crossings.find(({ threshold }) => threshold === 100)?.at).toBe(expired);
    expect(life.notices()).toContain('nudge-1-100');
  });

  test('of this period is told when the last running session was admitted in the one before', () => {
    const life = new ALife(
      at('2026-11-30T23:50:00Z'),
      policyWith((plan) => ({
        ...plan,
        period: { every: 'P1M', anchor: 'calendar' },
        sessions: { ...plan.sessions, per_day: null, per_month: 1 },
      })),
    );
    const older = admitted(life);
    life.goTo('2026-12-01T00:05:00Z');
    const newer = admitted(life);
    life.use(newer, 0.01);
    life.end(newer);
    life.settle();
    expect(life.decisions(2)).toEqual(['70 passed', '85 passed', '95 delivered']);
    life.end(older);
    life.settle();
    expect(life.decisions(2)).toContain('100 delivered');
  });

  test('given back by an unused last session is not told at all', () => {
    const life = plays(born(), 9);
    const last = admitted(life);
    life.end(last);
    life.settle();
    expect(life.period().sessionsUsed).toBe(9);
    expect(life.notices()).not.toContain('nudge-1-100');
  });
});

describe('a period that ended meanwhile', () => {
  test('lets its crossings lapse: no nudge of last month comes after the reset', () => {
    const life = born();
    for (let number = 0; number < 9; number += 1) life.session();
    life.goTo('2026-12-01T00:00:00Z').settle();
    expect(life.decisions()).toEqual(['70 lapsed', '85 lapsed']);
    expect(life.notices()).toEqual(['reset-2']);
  });

  test('lets the crossing lapse that late usage makes in it', () => {
    const life = plays(born(), 3);
    const late = admitted(life);
    life.goTo('2026-12-02T10:00:00Z').settle();
    life.use(late, 1.6);
    life.settle();
    expect(life.decisions()).toEqual(['70 lapsed', '85 lapsed', '95 lapsed', '100 lapsed']);
    expect(life.notices().filter((id) => id.startsWith('nudge'))).toEqual([]);
  });

  test('starts a ladder of its own', () => {
    const life = plays(born(), 7);
    life.live(at('2026-12-05T10:00:00Z'));
    plays(life, 7);
    expect(life.notices()).toEqual(['nudge-1-70', 'reset-2', 'nudge-2-70']);
  });
});

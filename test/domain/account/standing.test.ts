import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../domain/account/command.ts';
import { firstEntitlement, fold } from '../../../domain/account/entitlement.ts';
import {
  type Standing,
  type StandingEvent,
  nextStanding,
  standingEvents,
  standings,
} from '../../../domain/account/standing.ts';
import { reviewId } from '../../../domain/ids.ts';
import { instant } from '../../../domain/instant.ts';
import { drawings } from '../../../local/draw-states.ts';
import { withDrawings } from '../../../local/state-diagram.ts';

/** Every state by every event, written out by hand. */
const table: Readonly<Record<Standing, Readonly<Record<StandingEvent, Standing>>>> = {
  good: {
    restrict: 'restricted',
    hold: 'under_review',
    approve: 'good',
    reject: 'good',
    time_up: 'good',
    recover: 'good',
  },
  restricted: {
    restrict: 'restricted',
    hold: 'under_review',
    approve: 'good',
    reject: 'suspended',
    time_up: 'restricted',
    recover: 'good',
  },
  under_review: {
    restrict: 'under_review',
    hold: 'under_review',
    approve: 'good',
    reject: 'suspended',
    time_up: 'under_review',
    recover: 'under_review',
  },
  suspended: {
    restrict: 'suspended',
    hold: 'suspended',
    approve: 'good',
    reject: 'suspended',
    time_up: 'suspended',
    recover: 'suspended',
  },
};

const cases = standings.flatMap((from) =>
  standingEvents.map((event) => ({ from, event, to: table[from][event] })),
);

test('the table covers every standing and every event', () => {
  expect(cases).toHaveLength(24);
});

test.each(cases)('$from after $event is $to', ({ from, event, to }) => {
  expect(nextStanding(from, event)).toBe(to);
});

test('only a person lifts a hold or a suspension', () => {
  for (const from of ['under_review', 'suspended'] as const) {
    const lifting = standingEvents.filter((event) => nextStanding(from, event) === 'good');
    expect(lifting).toEqual(['approve']);
  }
});

const flag = (number: number, review: string, to: 'restricted' | 'under_review'): Command => ({
  number,
  key: `k${number}`,
  kind: 'flag',
  reviewId: reviewId(review),
  to,
  by: 'risk rule',
  note: '',
  at: instant(0),
});

describe('commands move the standing of their own review', () => {
  test('a hold after a restriction keeps the review that was opened', () => {
    const held = fold(firstEntitlement, [flag(1, 'r1', 'restricted'), flag(2, 'r1', 'under_review')]);
    expect(held).toMatchObject({ standing: 'under_review', reviewId: 'r1' });
  });

  test('a flag of another review changes nothing while one is open', () => {
    const held = fold(firstEntitlement, [flag(1, 'r1', 'restricted'), flag(2, 'r2', 'under_review')]);
    expect(held).toMatchObject({ standing: 'restricted', reviewId: 'r1' });
  });
});

test('docs/account-workflow.md shows the state machines as the code has them', () => {
  const page = readFileSync(new URL('../../../docs/account-workflow.md', import.meta.url), 'utf8');
  expect(page).toBe(withDrawings(page, drawings));
});

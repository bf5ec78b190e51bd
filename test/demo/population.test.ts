import { expect, test } from 'vitest';
import { drawPopulation } from '../../examples/demo/population.ts';

test('a seed draws the same population each time, another seed another one', () => {
  const first = drawPopulation(7, 500, 60);
  expect(drawPopulation(7, 500, 60)).toEqual(first);
  expect(drawPopulation(8, 500, 60)).not.toEqual(first);
});

test('half the users live on each plan, and every 83rd is a script', () => {
  const { users } = drawPopulation(1, 500, 60);
  expect(users.filter((user) => user.plan === 'reference')).toHaveLength(250);
  expect(users.filter((user) => user.registeredDaysBefore === null)).toHaveLength(6);
});

test('every conversation of the trace is dealt, in its order, over the whole run', () => {
  const { visits } = drawPopulation(1, 500, 60);
  const conversations = visits
    .flat()
    .flatMap((visit) => (visit.kind === 'conversations' ? visit.conversations : []));
  expect(conversations).toHaveLength(4_409);
  expect(visits).toHaveLength(240);
  expect(visits.filter((point) => point.length > 0).length).toBeGreaterThan(200);
});

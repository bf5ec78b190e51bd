import { expect, test } from 'vitest';
import {
  type Lifecycle,
  lifecycleEvents as events,
  lifecycles as states,
  nextLifecycle,
} from '../../../domain/account/lifecycle.ts';

/** Every move there is, written down a second time: a table that changes has to be changed here too. */
const moves: Readonly<Record<string, Lifecycle>> = {
  'active fell_silent': 'hibernating',
  'active upgraded': 'upgraded',
  'active erased': 'erased',
  'hibernating heard_of': 'active',
  'hibernating upgraded': 'upgraded',
  'hibernating erased': 'erased',
  'upgraded downgraded': 'active',
  'upgraded erased': 'erased',
  'erased registered': 'active',
};

test.each(states.flatMap((state) => events.map((event) => [state, event] as const)))(
  '%s, %s: moves where the life of an account says so, else changes nothing',
  (state, event) => {
    expect(nextLifecycle(state, event)).toBe(moves[`${state} ${event}`] ?? null);
  },
);

test('every state can be reached, and erased', () => {
  expect(new Set(Object.values(moves))).toEqual(new Set(states));
  for (const state of states.filter((one) => one !== 'erased')) {
    expect(nextLifecycle(state, 'erased')).toBe('erased');
  }
});

test('no event repeated moves an account twice', () => {
  const movedTwice = states.flatMap((state) =>
    events.filter((event) => {
      const next = nextLifecycle(state, event);
      return next !== null && nextLifecycle(next, event) !== null;
    }),
  );
  expect(movedTwice).toEqual([]);
});

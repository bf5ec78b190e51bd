import { expect, test } from 'vitest';
import { StatementLanes } from '../../ledger/statement-lanes.ts';

test('a second statement begins beside the first only for as many as that took', async () => {
  const lanes = new StatementLanes(2);
  expect(lanes.mayBegin(0)).toBe(false);
  expect(lanes.mayBegin(1)).toBe(true);
  const ends: (() => void)[] = [];
  const begin = (taken: number) => lanes.run(taken, new Promise((resolve) => ends.push(resolve)), () => {});
  begin(5);
  expect(lanes.mayBegin(4)).toBe(false);
  expect(lanes.mayBegin(5)).toBe(true);
  begin(5);
  expect(lanes.mayBegin(100)).toBe(false);
  for (const end of ends) end();
  await new Promise(setImmediate);
  expect(lanes.mayBegin(1)).toBe(true);
});

test('a statement takes half of all that are here, so that two of one size take turns; few are not divided', async () => {
  const lanes = new StatementLanes(2);
  expect(lanes.share(11)).toBe(11);
  expect(lanes.share(16)).toBe(8);
  const ends: (() => void)[] = [];
  const begin = (taken: number) => lanes.run(taken, new Promise((resolve) => ends.push(resolve)), () => {});
  begin(1);
  expect(lanes.share(15)).toBe(8);
  begin(8);
  expect(lanes.share(3)).toBe(3);
  for (const end of ends) end();
  await new Promise(setImmediate);
  expect(lanes.share(13)).toBe(7);
});

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

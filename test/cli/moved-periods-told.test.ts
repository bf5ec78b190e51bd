import { expect, test } from 'vitest';
import { movedPeriodsTold } from '../../cli/policy/moved-periods-told.ts';

function toldAt(isTTY: boolean, times: readonly number[]): string[] {
  const written: string[] = [];
  const clock = { now: 0 };
  const told = movedPeriodsTold(20_000, { isTTY, write: (text) => written.push(text) }, () => clock.now);
  times.forEach((time, index) => {
    clock.now = time;
    told((index + 1) * 1_000);
  });
  return written;
}

test('a terminal shows one moving line', () => {
  expect(toldAt(true, [10, 20])).toEqual([
    '\r1,000 of 20,000 running periods moved',
    '\r2,000 of 20,000 running periods moved',
  ]);
});

test('elsewhere a long move writes a line every five seconds, and a short one none', () => {
  expect(toldAt(false, [100, 4_999])).toEqual([]);
  expect(toldAt(false, [100, 5_000, 9_999, 10_000])).toEqual([
    '2,000 of 20,000 running periods moved\n',
    '4,000 of 20,000 running periods moved\n',
  ]);
});

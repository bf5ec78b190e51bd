import { describe, expect, test } from 'vitest';
import { median, medianInterval } from '../../bench/bootstrap.ts';
import { type Pair, type Side, noiseFloor, ratioBetween, ratioOverAll, runPairs } from '../../bench/pairs.ts';
import { verdictOf } from '../../bench/result.ts';
import { figure, renderTable } from '../../bench/table.ts';

const pairOf = (ours: number, theirs: number, steals: readonly [number, number] = [0, 0]): Pair => ({
  ours: { figures: { rps: ours }, steal: steals[0] },
  theirs: { figures: { rps: theirs }, steal: steals[1] },
});

describe('the interval of a median', () => {
  test('holds the median, lies inside the values, and is the same at every run', () => {
    const values = [0.9, 1.1, 1, 1.3, 0.8, 1.05, 1.2];
    const interval = medianInterval(values);
    expect(interval).toEqual(medianInterval(values));
    expect(interval.low).toBeLessThanOrEqual(median(values));
    expect(interval.high).toBeGreaterThanOrEqual(median(values));
    expect(interval.low).toBeGreaterThanOrEqual(0.8);
    expect(interval.high).toBeLessThanOrEqual(1.3);
  });

  test('is a point where nothing varies, and wider where more does', () => {
    expect(medianInterval([2, 2, 2, 2])).toEqual({ low: 2, high: 2 });
    const width = (values: readonly number[]): number => {
      const { low, high } = medianInterval(values);
      return high - low;
    };
    expect(width([0.5, 1, 1.5, 0.7, 1.3])).toBeGreaterThan(width([0.98, 1, 1.02, 0.99, 1.01]));
  });
});

describe('pairs', () => {
  test('are run in the order A B, B A, A B', async () => {
    const order: string[] = [];
    const side = (name: string): Side => ({
      name,
      leg: (number) => {
        order.push(`${name}${number}`);
        return Promise.resolve({ rps: 1 });
      },
    });
    await runPairs(side('A'), side('B'), 3, () => {});
    expect(order).toEqual(['A0', 'B0', 'B1', 'A1', 'A2', 'B2']);
  });

  test('are compared each by itself: a machine that halves its speed changes no ratio', () => {
    expect(ratioBetween([pairOf(200, 100), pairOf(100, 50), pairOf(400, 200)], 'rps').median).toBe(2);
  });

  test('are dropped where the host took more from one of the legs, or much from both', () => {
    const pairs = [
      pairOf(200, 100),
      pairOf(210, 100, [0.05, 0.04]),
      pairOf(10, 100, [0.03, 0]),
      pairOf(10, 100, [0.11, 0.11]),
    ];
    expect(ratioBetween(pairs, 'rps')).toMatchObject({ median: 2.05, pairs: 2 });
    expect(ratioOverAll(pairs, 'rps').pairs).toBe(4);
  });

  test('tell the noise by neighbouring legs of the same side', () => {
    // Run as ours 10, theirs 20, theirs 30, ours 40, ours 80, theirs 50.
    const noise = noiseFloor([pairOf(10, 20), pairOf(40, 30), pairOf(80, 50)], 'rps');
    expect(noise).toMatchObject({ median: 1.75, pairs: 2 });
  });
});

describe('the table', () => {
  const ratio = (low: number, middle: number, high: number) => ({
    median: middle,
    interval: { low, high },
    pairs: 5,
  });

  test('calls a goal met or missed only when the whole interval says so', () => {
    const goal = { sense: 'at least', value: 1 } as const;
    expect(verdictOf({ ratio: ratio(1.01, 1.1, 1.2), goal })).toBe('met');
    expect(verdictOf({ ratio: ratio(0.95, 1.1, 1.2), goal })).toBe('open');
    expect(verdictOf({ ratio: ratio(0.7, 0.8, 0.9), goal })).toBe('missed');
    expect(verdictOf({ ratio: ratio(0.7, 0.8, 0.9), goal: { sense: 'at most', value: 1 } })).toBe('met');
    expect(verdictOf({ ratio: null, goal })).toBeNull();
  });

  test('shows each ratio with its interval and the noise beside it', () => {
    const text = renderTable({
      title: 'Admission',
      columns: ['Stipend', 'baseline'],
      rows: [
        {
          name: 'requests/s',
          ours: '4,930',
          theirs: '4,100',
          ratio: ratio(1.15, 1.2, 1.26),
          noise: ratio(0.97, 1.01, 1.04),
          goal: { sense: 'at least', value: 1 },
        },
      ],
      notes: ['a note'],
    });
    expect(text).toContain(
      '| requests/s | 4,930 | 4,100 | 1.20 [1.15, 1.26] | 1.01 [0.97, 1.04] | ≥ 1.00 | met |',
    );
    expect(text).toContain('- a note');
  });

  test('keeps three figures', () => {
    expect([4_930.4, 12.34, 0.871, Number.NaN].map(figure)).toEqual(['4,930', '12.3', '0.87', '–']);
  });
});

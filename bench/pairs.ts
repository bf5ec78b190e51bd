import { type Interval, median, medianInterval } from './bootstrap.ts';
import { machineTime, stealBetween } from './cpu.ts';

/** A leg's figures by name, such as `rps` and `p99`. */
export type Figures = Readonly<Record<string, number>>;

type Leg = { readonly figures: Figures; readonly steal: number };

/** One of the two that are compared. `leg` does what is timed; what it must set up before is its own affair. */
export type Side = { readonly name: string; readonly leg: (number: number) => Promise<Figures> };

export type Pair = { readonly ours: Leg; readonly theirs: Leg };

export type Ratio = {
  readonly median: number;
  readonly interval: Interval;
  readonly pairs: number;
};

/** What the host takes from both legs alike changes no ratio; more of one than of the other, or much of either, spoils the pair. */
const mostUneven = 0.02;
const mostSteal = 0.1;

async function timed(side: Side, number: number): Promise<Leg> {
  const before = machineTime();
  const figures = await side.leg(number);
  return { figures, steal: stealBetween(before, machineTime()) };
}

/**
 * Runs pairs in the order A B, B A, A B …: a machine that grows slower or faster is as often first as second to either side.
 */
export async function runPairs(
  ours: Side,
  theirs: Side,
  count: number,
  onLeg: (done: number, total: number) => void,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let number = 0; number < count; number += 1) {
    const oursFirst = number % 2 === 0;
    const first = await timed(oursFirst ? ours : theirs, number);
    onLeg(2 * number + 1, 2 * count);
    const second = await timed(oursFirst ? theirs : ours, number);
    onLeg(2 * number + 2, 2 * count);
    pairs.push(oursFirst ? { ours: first, theirs: second } : { ours: second, theirs: first });
  }
  return pairs;
}

const usable = (pairs: readonly Pair[]): readonly Pair[] =>
  pairs.filter(
    ({ ours, theirs }) =>
      Math.abs(ours.steal - theirs.steal) <= mostUneven && Math.max(ours.steal, theirs.steal) <= mostSteal,
  );

const ratioOf = (ratios: readonly number[]): Ratio => ({
  median: median(ratios),
  interval: medianInterval(ratios),
  pairs: ratios.length,
});

const valueOf = (leg: Leg, figure: string): number => leg.figures[figure] ?? Number.NaN;

/** Ours ÷ theirs over all pairs: for CPU time, of which the host takes nothing away. */
export const ratioOverAll = (pairs: readonly Pair[], figure: string): Ratio =>
  ratioOf(pairs.map(({ ours, theirs }) => valueOf(ours, figure) / valueOf(theirs, figure)));

/** Ours ÷ theirs, pair by pair, over those that the host has left alone or disturbed alike. */
export const ratioBetween = (pairs: readonly Pair[], figure: string): Ratio =>
  ratioOverAll(usable(pairs), figure);

export const medianOf = (pairs: readonly Pair[], side: keyof Pair, figure: string): number =>
  median(usable(pairs).map((pair) => valueOf(pair[side], figure)));

/**
 * How much two legs of the same thing differ: in the order A B, B A, A B the neighbours across pairs are the same side. Its
 * interval is the noise that a claim has to rise above.
 */
export function noiseFloor(pairs: readonly Pair[], figure: string): Ratio {
  const ratios = pairs.slice(1).map((pair, index) => {
    // The second of one pair and the first of the next.
    const side = index % 2 === 0 ? 'theirs' : 'ours';
    const before = pairs[index];
    return before === undefined ? Number.NaN : valueOf(pair[side], figure) / valueOf(before[side], figure);
  });
  return ratioOf(ratios);
}

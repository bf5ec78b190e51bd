import type { Baseline } from './baseline.ts';
import type { LoadGenerator } from './load/generator.ts';
import type { Options } from './options.ts';
import { type Pair, type Side, medianOf, noiseFloor, ratioBetween, runPairs } from './pairs.ts';
import type { BenchPostgres } from './postgres.ts';
import type { Goal, Row } from './result.ts';
import type { Stipend } from './stipend.ts';
import { figure } from './table.ts';

/** What every part of the bench may use. */
export type Bench = {
  readonly options: Options;
  readonly postgres: BenchPostgres;
  readonly generator: LoadGenerator;
  readonly stipend: Stipend;
  readonly baseline: Baseline;
  readonly say: (line: string) => void;
};

export async function compare(
  bench: Bench,
  what: string,
  ours: Side,
  theirs: Side,
): Promise<readonly Pair[]> {
  const { pairs: count } = bench.options;
  return runPairs(ours, theirs, count, (done, total) => {
    bench.say(`${what}: leg ${done} of ${total}`);
  });
}

/** A line of the report about one figure of the pairs. */
export const rowOf = (
  name: string,
  pairs: readonly Pair[],
  measured: string,
  unit: string,
  goal: Goal | null,
): Row => ({
  name,
  ours: `${figure(medianOf(pairs, 'ours', measured))}${unit}`,
  theirs: `${figure(medianOf(pairs, 'theirs', measured))}${unit}`,
  ratio: ratioBetween(pairs, measured),
  noise: noiseFloor(pairs, measured),
  goal,
});

export const atLeast = (value: number): Goal => ({ sense: 'at least', value });
export const atMost = (value: number): Goal => ({ sense: 'at most', value });

import type { Ratio } from './pairs.ts';

/** A line of the report. */
export type Row = {
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
  readonly ratio: Ratio | null;
  readonly noise: Ratio | null;
  readonly goal: Goal | null;
};

export type Goal = { readonly sense: 'at least' | 'at most'; readonly value: number };

export type Table = {
  readonly title: string;
  /** What the two columns of figures are. */
  readonly columns: readonly [string, string];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
};

export type Verdict = 'met' | 'missed' | 'open';

/** Judged by the whole interval: a goal that lies inside it is neither met nor missed. */
export function verdictOf({ ratio, goal }: Pick<Row, 'ratio' | 'goal'>): Verdict | null {
  if (goal === null || ratio === null || Number.isNaN(ratio.median)) return null;
  const { low, high } = ratio.interval;
  const [surely, never] =
    goal.sense === 'at least'
      ? [low >= goal.value, high < goal.value]
      : [high <= goal.value, low > goal.value];
  if (surely) return 'met';
  return never ? 'missed' : 'open';
}

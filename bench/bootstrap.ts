import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((left, right) => left - right);
  const upper = Math.floor(sorted.length / 2);
  const [low, high] = sorted.length % 2 === 1 ? [upper, upper] : [upper - 1, upper];
  return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
}

export type Interval = { readonly low: number; readonly high: number };

const resamples = 2_000;

/** The 95 % confidence interval of the median: medians of samples drawn with replacement, from a fixed seed. */
export function medianInterval(values: readonly number[]): Interval {
  if (values.length === 0) return { low: Number.NaN, high: Number.NaN };
  const generator = xoroshiro128plus(1);
  const medians = Array.from({ length: resamples }, () =>
    median(values.map(() => values[uniformInt(generator, 0, values.length - 1)] ?? Number.NaN)),
  ).sort((left, right) => left - right);
  const at = (share: number): number => medians[Math.floor(share * (resamples - 1))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}

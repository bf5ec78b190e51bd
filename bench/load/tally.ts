import { type Histogram, build } from 'hdr-histogram-js';
import type { Latency } from './plan.ts';
import type { Turn } from './traffic.ts';

const longestMicroseconds = 60_000_000;

export const newHistogram = (): Histogram =>
  build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestMicroseconds,
    numberOfSignificantValueDigits: 3,
  });

/** Records milliseconds at the precision of a microsecond. */
export function record(histogram: Histogram, milliseconds: number): void {
  histogram.recordValue(Math.min(longestMicroseconds, Math.max(1, Math.round(milliseconds * 1000))));
}

export const percentile = (histogram: Histogram, percent: number): number =>
  histogram.getValueAtPercentile(percent) / 1000;

export const latencyOf = (histogram: Histogram): Latency => ({
  p50: percentile(histogram, 50),
  p99: percentile(histogram, 99),
  p999: percentile(histogram, 99.9),
  max: histogram.maxValue / 1000,
});

/** Counts answers by their status. */
export class Tally {
  readonly statuses: Record<string, number> = {};
  answered = 0;
  done = 0;
  oddAnswer: string | null = null;

  count(turn: Turn): void {
    for (const status of turn.statuses) this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    this.answered += turn.statuses.length;
    this.done += turn.done;
    this.oddAnswer ??= turn.odd;
  }
}

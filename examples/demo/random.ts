import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers that a seed determines. */
export type Random = {
  /** In [0, 1). */
  readonly share: () => number;
  /** A whole number from 0 to `below - 1`. */
  readonly below: (limit: number) => number;
};

export function randomFrom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return {
    share: () => uniformFloat64(generator),
    below: (limit) => uniformInt(generator, 0, limit - 1),
  };
}

/** Draws indices in proportion to weights. */
export function weighted(weights: readonly number[]): (random: Random) => number {
  let total = 0;
  const upTo = weights.map((weight) => (total += weight));
  return (random) => {
    const point = random.share() * total;
    let low = 0;
    let high = upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) > point) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

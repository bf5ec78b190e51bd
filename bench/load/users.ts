import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Spread } from './plan.ts';

/** Numbers of users as the ids of the bench carry them: one width, so that no request is longer than another. */
export const userName = (prefix: string, number: number): string =>
  `${prefix}${String(number).padStart(7, '0')}`;

/** Neighbours by rank are not neighbours on disk: a step that shares no factor with the count visits every number. */
function scatter(rank: number, count: number): number {
  const primes = [7_919, 104_729];
  const step = primes.find((prime) => count % prime !== 0) ?? 1;
  return (rank * step) % count;
}

function zipfRanks(count: number, share: () => number): () => number {
  const upTo = new Float64Array(count);
  let total = 0;
  for (let rank = 0; rank < count; rank += 1) {
    total += 1 / (rank + 1);
    upTo[rank] = total;
  }
  return () => {
    const point = share() * total;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) > point) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

const requestsInARow = 200;

/** Draws the number of the next user, from 0; null once everybody had a turn. */
export function drawUsers(count: number, spread: Spread, seed: number): () => number | null {
  const generator = xoroshiro128plus(seed);
  const share = (): number => uniformFloat64(generator);
  switch (spread) {
    case 'each-once': {
      let next = 0;
      return () => (next < count ? next++ : null);
    }
    case 'uniform':
      return () => Math.floor(share() * count);
    case 'one-hot': {
      let asked = 0;
      return () => Math.floor(asked++ / requestsInARow) % count;
    }
    case 'zipf': {
      const rank = zipfRanks(count, share);
      return () => scatter(rank(), count);
    }
    default:
      return spread satisfies never;
  }
}

import { writeSync } from 'node:fs';

/** `STIPEND_SEED` replays a run; without it every run is another one. */
export function chosenSeed(): number {
  const given = process.env['STIPEND_SEED'];
  if (given === undefined || given === '') return Math.floor(Math.random() * 2 ** 31);
  const seed = Number(given);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31) {
    throw new RangeError(`STIPEND_SEED must be a whole number from 0 to 2147483647, not ${given}`);
  }
  return seed;
}

/** Past vitest, which hides the console of tests that pass: a seed is worth having in every log. */
export const report = (line: string): void => void writeSync(1, `${line}\n`);

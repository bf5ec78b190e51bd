import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bugs } from './bugs.ts';

test.each(bugs.map((bug) => [`${bug.fault}: ${bug.what}`, bug] as const))(
  'the source still has what a planted bug replaces: %s',
  (_name, { file, find, times = 1 }) => {
    expect(readFileSync(file, 'utf8').split(find)).toHaveLength(times + 1);
  },
);

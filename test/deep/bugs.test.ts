import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bugs, planted } from './bugs.ts';

test.each(bugs.map((bug) => [`${bug.fault}: ${bug.what}`, bug] as const))(
  'the source still has what a planted bug replaces: %s',
  (_name, bug) => {
    const source = readFileSync(bug.file, 'utf8');
    expect(planted(source, bug)).not.toBe(source);
  },
);

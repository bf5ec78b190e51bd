import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bugs, editsOf, planted } from './bugs.ts';

test.each(bugs.map((bug) => [`${bug.fault}: ${bug.what}`, bug] as const))(
  'the source still has what a planted bug replaces: %s',
  (_name, bug) => {
    for (const edit of editsOf(bug)) {
      const source = readFileSync(edit.file, 'utf8');
      expect(planted(source, edit)).not.toBe(source);
    }
  },
);

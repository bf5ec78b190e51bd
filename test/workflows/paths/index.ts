import { calendarPaths } from './calendar.ts';
import { faultPaths } from './faults.ts';
import { ladderPaths } from './ladder.ts';
import type { Path } from './life.ts';
import { peoplePaths } from './people.ts';

export const paths: readonly Path[] = [...ladderPaths, ...calendarPaths, ...peoplePaths, ...faultPaths];

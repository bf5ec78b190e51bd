import type { Numbered } from './commit.ts';

/**
 * Parts that a statement has only where its commits need them: Postgres sets up every part of a statement at each
 * execution, whether it finds rows or not; for one admission that was half of the work (docs/decisions/0007).
 * `rest` holds what is seldom: whole accounts, new periods, acts and reviews.
 */
const parts = {
  standing: ({ changes }: Numbered): boolean => changes.isNothing,
  starts: ({ changes }: Numbered): boolean => changes.sessions.made.length > 0,
  sessions: ({ changes }: Numbered): boolean => changes.sessions.changed.length > 0,
  usage: ({ commit: { after, takenForNew } }: Numbered): boolean =>
    after.added.usageEvents.length > 0 || takenForNew.eventIds.length > 0,
  authorizations: ({ commit: { takenForNew }, changes }: Numbered): boolean =>
    changes.authorizations.length > 0 || takenForNew.authorizationIds.length > 0,
  crossings: ({ commit: { after } }: Numbered): boolean => after.added.crossings.length > 0,
  answers: ({ commit: { answers, takenForNew } }: Numbered): boolean =>
    answers.length > 0 || takenForNew.answerKeys.length > 0,
  marks: ({ commit: { telling, wakeAt } }: Numbered): boolean => telling.how !== 'not' || wakeAt !== null,
  rest: ({ commit: { after }, changes }: Numbered): boolean =>
    changes.isWholeAccount ||
    changes.periods.made.length > 0 ||
    after.added.commands.length > 0 ||
    after.added.reviews.length > 0,
} as const;

export type Part = keyof typeof parts;

const everyPart = Object.entries(parts) as readonly (readonly [Part, (commit: Numbered) => boolean])[];

/**
 * The parts that these commits need, always in the same order. What is seldom comes with all of them: each combination is
 * planned and kept by every connection.
 */
export function partsOf(commits: readonly Numbered[]): readonly Part[] {
  const needed = commits.some(parts.rest)
    ? everyPart
    : everyPart.filter(([, isNeeded]) => commits.some(isNeeded));
  return needed.map(([part]) => part);
}

/** What the statement with these parts is prepared as: 63 characters are the most that Postgres takes. */
export const nameOf = (needed: readonly Part[]): string =>
  `commit-${everyPart.map(([part]) => (needed.includes(part) ? '1' : '0')).join('')}`;

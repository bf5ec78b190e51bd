import { type Commit, changedRows, hasChanged } from './commit-columns.ts';
import { isOnlyInUse } from './rows/account.ts';

/**
 * Parts that a statement has only where its commits need them: Postgres sets up every part of a statement at each
 * execution, whether it finds rows or not; for one admission that was half of the work (docs/decisions/0007).
 * `rest` holds what is seldom: whole accounts, authorizations, acts and reviews.
 */
const parts = {
  standing: ({ before, after }: Commit): boolean => !hasChanged(before, after),
  usage: ({ after, takenForNew }: Commit): boolean =>
    after.added.usageEvents.length > 0 || takenForNew.eventIds.length > 0,
  crossings: ({ after }: Commit): boolean => after.added.crossings.length > 0,
  answers: ({ answers, takenForNew }: Commit): boolean =>
    answers.length > 0 || takenForNew.answerKeys.length > 0,
  marks: ({ telling, wakeAt }: Commit): boolean => telling.how !== 'not' || wakeAt !== null,
  rest: ({ before, after, takenForNew }: Commit): boolean =>
    !isOnlyInUse(before.account, after.account) ||
    takenForNew.authorizationIds.length > 0 ||
    changedRows(before.authorizations, after.authorizations).length > 0 ||
    after.added.commands.length > 0 ||
    after.added.reviews.length > 0,
} as const;

export type Part = keyof typeof parts;

const everyPart = Object.entries(parts) as readonly (readonly [Part, (commit: Commit) => boolean])[];

/** The parts that these commits need, always in the same order. */
export const partsOf = (commits: readonly Commit[]): readonly Part[] =>
  everyPart.filter(([, isNeeded]) => commits.some((commit) => isNeeded(commit))).map(([part]) => part);

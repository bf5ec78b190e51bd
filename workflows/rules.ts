import { patched } from '@temporalio/workflow';

/** Behaviour that came into runs while they lived. */
type Patch = 'reviews' | 'unknown-account' | 'hibernation' | 'reset-of-facts' | 'reset-soon';

export type IsPatched = (patch: Patch) => boolean;

/**
 * What a run does is settled by the type it began as. A patch tells new from old within a run and writes two events for
 * it; what only pays from the next run on comes with a new type, which costs none (docs/decisions/0017).
 */
export type Rules = {
  /** Asked only where it makes a difference: the first answer of a run is two events of its history. */
  readonly isPatched: IsPatched;
  /** Writes no event that another one makes needless. */
  readonly isThrifty: boolean;
};

/** What every `freeTierLife` does from its first task on. */
const bornWith: ReadonlySet<Patch> = new Set([
  'reviews',
  'unknown-account',
  'hibernation',
  'reset-of-facts',
  'reset-soon',
]);

export const rulesNow: Rules = {
  isPatched: (patch) => bornWith.has(patch) || patched(patch),
  isThrifty: true,
};

export const earlierRules: Rules = { isPatched: (patch) => patched(patch), isThrifty: false };

import { patched } from '@temporalio/workflow';
import { type Milliseconds, hour } from '../domain/instant.ts';

/** Behaviour that came into runs while they lived. */
type Patch =
  'reviews' | 'unknown-account' | 'hibernation' | 'reset-of-facts' | 'reset-soon' | 'words-in-turns';

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
  /** A run ends at the first reset that comes so long after its first period began; null: at its first reset. */
  readonly lasts: Milliseconds | null;
};

const bornWith =
  (...patches: readonly Patch[]): IsPatched =>
  (patch) =>
    patches.includes(patch) || patched(patch);

/** What every `freeTierLife` does from its first task on. */
const ofLife: readonly Patch[] = [
  'reviews',
  'unknown-account',
  'hibernation',
  'reset-of-facts',
  'reset-soon',
];

export const rulesOfUser: Rules = {
  isPatched: bornWith(...ofLife, 'words-in-turns'),
  isThrifty: true,
  lasts: 180 * 24 * hour,
};
export const rulesOfLife: Rules = { isPatched: bornWith(...ofLife), isThrifty: true, lasts: null };
export const rulesOfAccount: Rules = { isPatched: bornWith(), isThrifty: false, lasts: null };

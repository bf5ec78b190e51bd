import { patched } from '@temporalio/workflow';

/**
 * Behaviour that histories written by older code do not have. Asked only where it makes a difference, since the first
 * answer of a run is two events of its history.
 */
type Patch = 'reviews' | 'unknown-account' | 'hibernation' | 'reset-of-facts' | 'reset-soon';

export type IsPatched = (patch: Patch) => boolean;

export const isPatched: IsPatched = (patch) => patched(patch);

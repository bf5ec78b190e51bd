import { makeContinueAsNewFunc } from '@temporalio/workflow';
import { attributesOf } from './attributes.ts';
import { freeTierUserType } from './names.ts';
import { listedOf } from './search-attributes.ts';
import type { FreeTierState } from './state.ts';

/** Whatever the run began as, the next is of the present; what lists show comes with it and costs no event. */
export const beginNextRun = (state: FreeTierState): Promise<never> =>
  makeContinueAsNewFunc<(state: FreeTierState) => Promise<unknown>>({
    workflowType: freeTierUserType,
    typedSearchAttributes: attributesOf(listedOf(state)),
  })(state);

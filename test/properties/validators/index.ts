import type { Validator } from '../play.ts';
import { authorizedFits, hardBudget, oneCallOver } from './hard-budget.ts';
import { monotone } from './monotone.ts';
import { endReleasesItsOwn, refundIsExact } from './refund.ts';
import { oneReasonFreesLast, refusedChangesNothing, resetIsTrue } from './refusals.ts';
import { deterministic, repeatCountsNothing } from './same-answer.ts';
import { counterEqualsSum, holdsSum } from './sums.ts';
import { crossesOnce, daysTile, endsOnce, periodsTile } from './time.ts';
import { noMoneyShown } from './user-view.ts';

/** Every promise of the pure engine that is checked after each decision of a random life. */
export const validators: readonly Validator[] = [
  hardBudget,
  oneCallOver,
  authorizedFits,
  counterEqualsSum,
  holdsSum,
  periodsTile,
  daysTile,
  endsOnce,
  crossesOnce,
  refundIsExact,
  endReleasesItsOwn,
  refusedChangesNothing,
  oneReasonFreesLast,
  resetIsTrue,
  deterministic,
  repeatCountsNothing,
  monotone,
  noMoneyShown,
];

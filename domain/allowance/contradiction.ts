import { termsOfPeriod, type DecisionContext } from '../account/context.ts';
import { currentPeriod } from '../account/change.ts';
import { entitlementInForce } from '../account/entitlement.ts';
import type { Modifier, Override } from '../account/modifier.ts';
import type { AccountState } from '../account/state.ts';
import type { Instant } from '../instant.ts';
import type { MicroUsd } from '../money.ts';
import type { EffectiveLimit } from './effective-limit.ts';
import { limitsBeforeGrants } from './limits-before-grants.ts';

/** From then on one session would hold more than the whole period may cost, so that none could start: a plan may not say so either. */
export type Contradiction = {
  readonly from: Instant;
  readonly sessionCap: EffectiveLimit<MicroUsd>;
  readonly hardBudget: EffectiveLimit<MicroUsd>;
};

type Window = Pick<Modifier, 'from' | 'until'>;

/** The instants of a window at which other limits come into force: its own start, and where an override starts or ends. */
function changesWithin({ from, until }: Window, overrides: readonly Override[]): readonly Instant[] {
  const changes = overrides
    .flatMap((one) => [one.from, one.until])
    .filter((at) => at !== null)
    .filter((at) => at > from && (until === null || at < until));
  return [from, ...changes].sort((left, right) => left - right);
}

/**
 * The first contradiction of overrides with each other, and with the plan of the period that runs, within a window. Grants
 * are left out: what they add is drawn, and then it is gone.
 */
export function contradictionWithin(
  window: Window,
  state: AccountState,
  context: Pick<DecisionContext, 'policyOf'>,
): Contradiction | null {
  const plan = termsOfPeriod(currentPeriod(state), context);
  const overrides = (entitlementInForce(state).modifiers ?? []).filter(
    (modifier) => modifier.kind === 'override',
  );
  for (const from of changesWithin(window, overrides)) {
    const { sessionCap, hardBudget } = limitsBeforeGrants(plan, overrides, from);
    if (sessionCap.standard.value > hardBudget.value) {
      return { from, sessionCap: sessionCap.standard, hardBudget };
    }
  }
  return null;
}

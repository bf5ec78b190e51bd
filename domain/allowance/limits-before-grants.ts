import { type Modifier, type Override, isInForce } from '../account/modifier.ts';
import type { Instant } from '../instant.ts';
import { type MicroUsd, lesser, microUsd } from '../money.ts';
import type { Tier } from '../policy/document.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { type EffectiveLimit, limitSetBy, overridden } from './effective-limit.ts';

/** The plan's limits with overrides in place: what grants add to, and what is used before they are drawn. */
export type LimitsBeforeGrants = {
  readonly sessionsPerDay: EffectiveLimit<number | null>;
  readonly sessionsPerPeriod: EffectiveLimit<number>;
  readonly concurrentSessions: EffectiveLimit<number>;
  readonly hardBudget: EffectiveLimit<MicroUsd>;
  readonly visibleBudget: EffectiveLimit<MicroUsd>;
  readonly dailyBudget: EffectiveLimit<MicroUsd | null>;
  readonly sessionCap: Readonly<Record<Tier, EffectiveLimit<MicroUsd>>>;
  readonly sessionTokens: EffectiveLimit<number | null>;
};

/** The plan's buffer keeps its share of another hard budget; rounded down, so that it is never smaller than stated. */
function visiblePart(hardBudget: MicroUsd, plan: PlanTerms): MicroUsd {
  if (plan.hardBudget === 0) return hardBudget;
  // The product of two amounts passes 2^53.
  return microUsd(Number((BigInt(hardBudget) * BigInt(plan.visibleBudget)) / BigInt(plan.hardBudget)));
}

/** A cheaper tier stays as cheap as the plan has it, and is never dearer than the cap that was set. */
const economyCap = (cap: MicroUsd, plan: PlanTerms): MicroUsd =>
  plan.sessionCap.economy === plan.sessionCap.standard ? cap : lesser(cap, plan.sessionCap.economy);

export function limitsBeforeGrants(
  plan: PlanTerms,
  modifiers: readonly Modifier[],
  at: Instant,
): LimitsBeforeGrants {
  const overrides = modifiers.filter(
    (modifier): modifier is Override => modifier.kind === 'override' && isInForce(modifier, at),
  );
  const visibleOf = (hardBudget: MicroUsd | undefined): MicroUsd | undefined =>
    hardBudget === undefined ? undefined : visiblePart(hardBudget, plan);
  const economyOf = (cap: MicroUsd | undefined): MicroUsd | undefined =>
    cap === undefined ? undefined : economyCap(cap, plan);
  return {
    sessionsPerDay: overridden(limitSetBy('plan', plan.sessionsPerDay), overrides, (to) => to.sessionsPerDay),
    sessionsPerPeriod: overridden(
      limitSetBy('plan', plan.sessionsPerPeriod),
      overrides,
      (to) => to.sessionsPerPeriod,
    ),
    concurrentSessions: overridden(
      limitSetBy('plan', plan.concurrentSessions),
      overrides,
      (to) => to.concurrentSessions,
    ),
    hardBudget: overridden(limitSetBy('plan', plan.hardBudget), overrides, (to) => to.hardBudget),
    visibleBudget: overridden(limitSetBy('plan', plan.visibleBudget), overrides, (to) =>
      visibleOf(to.hardBudget),
    ),
    dailyBudget: overridden(limitSetBy('plan', plan.dailyBudget), overrides, (to) => to.dailyBudget),
    sessionCap: {
      standard: overridden(limitSetBy('plan', plan.sessionCap.standard), overrides, (to) => to.sessionCap),
      economy: overridden(limitSetBy('plan', plan.sessionCap.economy), overrides, (to) =>
        economyOf(to.sessionCap),
      ),
    },
    sessionTokens: overridden(limitSetBy('plan', plan.sessionTokens), overrides, (to) => to.sessionTokens),
  };
}

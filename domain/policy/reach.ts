import type { PolicyVersion } from '../ids.ts';
import type { MicroUsd } from '../money.ts';
import type { PolicyTerms } from './terms.ts';

/** What some accounts have used of a running period. */
export type Use = {
  /** The version that the period was opened with. */
  readonly version: PolicyVersion;
  readonly plan: string;
  readonly sessionsUsed: number;
  readonly spent: MicroUsd;
  readonly accounts: number;
};

function isUsedUp(policy: PolicyTerms, { plan, sessionsUsed, spent }: Use): boolean {
  const terms = policy.plans[plan];
  return terms !== undefined && (sessionsUsed >= terms.sessionsPerPeriod || spent >= terms.visibleBudget);
}

type Counted = { readonly accounts: number };

const sum = (counts: readonly Counted[]): number =>
  counts.reduce((total, { accounts }) => total + accounts, 0);

/** Whom a policy would reach if running periods were moved to it: grants and overrides are not looked at. */
export function reachOf(
  uses: readonly Use[],
  policyOf: (version: PolicyVersion) => PolicyTerms,
  to: PolicyTerms,
): { readonly stopped: number; readonly freed: number; readonly kept: number } {
  const movable = uses.filter(({ plan }) => to.plans[plan] !== undefined);
  return {
    stopped: sum(movable.filter((use) => !isUsedUp(policyOf(use.version), use) && isUsedUp(to, use))),
    freed: sum(movable.filter((use) => isUsedUp(policyOf(use.version), use) && !isUsedUp(to, use))),
    kept: sum(uses.filter(({ plan }) => to.plans[plan] === undefined)),
  };
}

/** Accounts by the plan they asked for; null: none, so the policy's default. */
export type Asking = { readonly plan: string | null; readonly accounts: number };

type Plans = { readonly defaultPlan: string; readonly plans: Readonly<Record<string, unknown>> };

/**
 * How many accounts live on each plan from their next period on, whether or not a period of theirs runs. A plan that the
 * policy does not have is its default.
 */
export function accountsOnPlans(asking: readonly Asking[], policy: Plans): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { plan, accounts } of asking) {
    const name = plan !== null && Object.hasOwn(policy.plans, plan) ? plan : policy.defaultPlan;
    counts.set(name, (counts.get(name) ?? 0) + accounts);
  }
  return counts;
}

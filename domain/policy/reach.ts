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

const sum = (uses: readonly Use[]): number => uses.reduce((total, { accounts }) => total + accounts, 0);

/** Whom a policy would reach if running periods were moved to it: grants and overrides are not looked at. */
export function reachOf(
  uses: readonly Use[],
  policyOf: (version: PolicyVersion) => PolicyTerms,
  to: PolicyTerms,
): { readonly stopped: number; readonly freed: number; readonly withoutPlan: number } {
  const kept = uses.filter(({ plan }) => to.plans[plan] !== undefined);
  return {
    stopped: sum(kept.filter((use) => !isUsedUp(policyOf(use.version), use) && isUsedUp(to, use))),
    freed: sum(kept.filter((use) => isUsedUp(policyOf(use.version), use) && !isUsedUp(to, use))),
    withoutPlan: sum(uses.filter(({ plan }) => to.plans[plan] === undefined)),
  };
}

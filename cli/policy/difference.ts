import type { PolicyVersion } from '../../domain/ids.ts';
import { type PolicyDiff, policyDiff } from '../../domain/policy/diff.ts';
import type { ParsedPolicy } from '../../domain/policy/document.ts';
import { accountsOnPlans, reachOf } from '../../domain/policy/reach.ts';
import { termsOfPolicy } from '../../domain/policy/terms.ts';
import type { App } from '../../ledger/apps.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { versionOf } from '../../ledger/policies.ts';
import { accountsByPlan, runningUse } from '../../ledger/policy-reach.ts';
import { type RunningPeriods, runningPeriods } from '../../ledger/policy-versions.ts';
import { policyOfVersion } from './of-version.ts';

/** What a policy would change for an app, and for whom. */
export type Difference = PolicyDiff & {
  readonly app: App;
  readonly fromDefault: string;
  readonly to: { readonly version: PolicyVersion; readonly defaultPlan: string };
  /** Accounts by the plan that they live on under the policy in force, running period or not. */
  readonly accounts: ReadonlyMap<string, number>;
  /** The same under the other policy, from their next period on. */
  readonly accountsAfter: ReadonlyMap<string, number>;
  readonly running: readonly RunningPeriods[];
  /** Running periods that moving them at once would stop, free, or leave alone. */
  readonly withNow: ReturnType<typeof reachOf>;
};

export async function differenceOf(ledger: Ledger, app: App, to: ParsedPolicy): Promise<Difference> {
  const from = await policyOfVersion(ledger, app, app.policyVersion);
  const [asking, running, uses] = await Promise.all([
    accountsByPlan(ledger.pool, app.appId),
    runningPeriods(ledger.pool, app.appId),
    runningUse(ledger.pool, app.appId),
  ]);
  // A running period is measured by the version it was opened with, not by the one in force.
  await ledger.policies.fetch([...new Set(uses.map(({ version }) => version))]);
  const [before, after] = [termsOfPolicy(from), termsOfPolicy(to)];
  return {
    ...policyDiff(from, to),
    app,
    fromDefault: before.defaultPlan,
    to: { version: versionOf(to), defaultPlan: after.defaultPlan },
    accounts: accountsOnPlans(asking, before),
    accountsAfter: accountsOnPlans(asking, after),
    running,
    withNow: reachOf(uses, ledger.policies.read, after),
  };
}

import { type PolicyVersion, policyVersion } from '../../domain/ids.ts';
import { type PolicyDocument, policyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { type PolicyTerms, termsOfPolicy } from '../../domain/policy/terms.ts';

type Plan = PolicyDocument['plans'][string];

const free = referencePolicy.plans['free'] as Plan;
const freeWith = (change: Partial<Plan>): Plan => ({ ...free, ...change });

/** Small, odd and ordinary plans: every window, budget and rule of the policy binds in one of them. */
const plans: Readonly<Record<string, Plan>> = {
  free,
  roomy: freeWith({
    sessions: { per_day: null, per_month: 60, concurrent: 5, idle_timeout: 'PT1H' },
    budget: { per_month: 6, buffer: '20%', per_session: 0.3, per_day: 1.5 },
    probation: null,
  }),
  one: freeWith({ sessions: { per_day: 1, per_month: 1, concurrent: 1, idle_timeout: 'PT5M' } }),
  penny: freeWith({
    sessions: { per_day: null, per_month: 40, concurrent: 3, idle_timeout: 'PT10M' },
    budget: { per_month: 0.5, buffer: '10%', per_session: 0.11, per_day: null },
    degrade: { at: '50%', tier: 'economy', per_session: 0.03 },
    friction: { indicator: '10%', nudge: '40%', confirm: '90%' },
  }),
  plain: freeWith({
    sessions: { per_day: 4, per_month: 20, concurrent: 2, idle_timeout: 'PT20M' },
    budget: { per_month: 1, buffer: '0%', per_session: 0.4, per_day: 0.5 },
    degrade: null,
    probation: null,
    period: { every: 'P1W', anchor: 'calendar' },
  }),
  daily: freeWith({
    sessions: { per_day: 2, per_month: 3, concurrent: 1, idle_timeout: 'PT30M' },
    period: { every: 'P1D', anchor: 'registration' },
    probation: { for: 'PT48H', sessions: 1 },
  }),
  trial: freeWith({
    sessions: { per_day: 6, per_month: 5, concurrent: 2, idle_timeout: 'PT2M' },
    budget: { per_month: 0.4, buffer: '25%', per_session: 0.1, per_day: null },
    period: { every: 'PT3600S', anchor: 'registration' },
  }),
};

export const planNames = Object.keys(plans);

const documentOf = (defaultPlan: string): PolicyDocument => ({
  version: 1,
  default_plan: defaultPlan,
  plans,
});

/** The policy that has every plan and the ordinary one as its default. */
export const oddPolicy = documentOf('free');

const versions: readonly PolicyTerms[] = planNames.map((name) =>
  termsOfPolicy(policyDocument.parse(documentOf(name))),
);

/** Version n has every plan and the n-th as its default. */
export const policyVersions: readonly PolicyVersion[] = planNames.map((_name, n) => policyVersion(`v${n}`));

export function policyOf(version: PolicyVersion): PolicyTerms {
  const terms = versions[policyVersions.indexOf(version)];
  if (terms === undefined) throw new RangeError(`no policy ${version}`);
  return terms;
}

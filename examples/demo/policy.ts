import type { PolicyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';

const reference = referencePolicy.plans['free'] as PolicyDocument['plans'][string];

/** Half the users live on the reference plan, half on one of 30 sessions and three dollars. */
export const demoPolicy: PolicyDocument = {
  version: 1,
  default_plan: 'reference',
  plans: {
    reference,
    generous: {
      ...reference,
      sessions: { ...reference.sessions, per_month: 30 },
      budget: { ...reference.budget, per_month: 3 },
    },
  },
};

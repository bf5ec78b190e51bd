import type { PolicyDocument } from '../domain/policy/document.ts';

const upgrade = {
  plan: 'Pro',
  price_text: '$12.50 a month',
  url: 'https://example.com/upgrade',
  benefits: ['Unlimited sessions'],
};

const roomy = {
  sessions: { per_day: 1_000_000, per_month: 1_000_000, concurrent: 1_000_000, idle_timeout: 'PT2H' },
  budget: { per_month: 1_000_000, buffer: '20%', per_session: 0.2, per_day: null },
  period: { every: 'P1M', anchor: 'registration' as const },
  probation: null,
  degrade: null,
  upgrade,
};

/** Nobody who is to be admitted meets a limit; on `short` the first session of the month is the last. */
export const benchPolicy: PolicyDocument = {
  version: 1,
  default_plan: 'roomy',
  plans: { roomy, short: { ...roomy, sessions: { ...roomy.sessions, per_month: 1 } } },
};

import type { MicroUsd } from '../money.ts';
import { longestPeriodDays } from './period-length.ts';
import type { PlanTerms, PolicyTerms } from './terms.ts';

/** What an author should know of a policy that is valid: `note` is information, `warning` asks for a change. */
export type Finding = {
  readonly kind: 'note' | 'warning';
  /** The knob, `plans.free.budget.buffer`. */
  readonly path: string;
  readonly text: string;
};

/** What settled sessions of an app cost: the middle one, and the one that nine in ten stay under. */
export type TypicalCost = { readonly median: MicroUsd; readonly p90: MicroUsd; readonly sessions: number };

const dollarsInWords = (amount: number): string =>
  `$${(amount / 1_000_000).toFixed(6).replace(/0{1,4}$/, '')}`;

/** How many sessions of one cost start before the visible budget is used up or a hold no longer fits. */
function sessionsThatDollarsAllow(plan: PlanTerms, cost: number): number {
  if (cost <= 0) return Infinity;
  const untilUsedUp = Math.ceil(plan.visibleBudget / cost);
  const whileHoldFits = Math.floor((plan.hardBudget - plan.sessionCap.standard) / cost) + 1;
  return Math.max(0, Math.min(untilUsedUp, whileHoldFits));
}

function whatBinds(plan: PlanTerms, cost: number, which: string): string {
  const byDollars = sessionsThatDollarsAllow(plan, cost);
  const { sessionsPerPeriod } = plan;
  return byDollars < sessionsPerPeriod
    ? `${which} (${dollarsInWords(cost)}) dollars bind: after ${byDollars} sessions, of ${sessionsPerPeriod} shown`
    : `${which} (${dollarsInWords(cost)}) sessions bind: all ${sessionsPerPeriod} can be used`;
}

function bindingNotes(path: string, plan: PlanTerms, typical: TypicalCost | null): Finding[] {
  const sessions = `${path}.sessions.per_month`;
  const full: Finding = {
    kind: 'note',
    path: sessions,
    text: `for users of the plan ${plan.plan}, ${whatBinds(plan, plan.sessionCap.standard, 'at full-cost sessions')}`,
  };
  if (typical === null) return [full];
  const seen: Finding = {
    kind: 'note',
    path: sessions,
    text: `for users of the plan ${plan.plan}, ${whatBinds(plan, typical.median, `at the median of ${typical.sessions} sessions`)}; ${whatBinds(plan, typical.p90, 'at the 90th percentile')}`,
  };
  const reached = sessionsThatDollarsAllow(plan, typical.median);
  if (reached >= plan.sessionsPerPeriod) return [full, seen];
  return [
    full,
    seen,
    {
      kind: 'warning',
      path: `${path}.budget.per_month`,
      text: `the ${plan.sessionsPerPeriod} sessions shown cannot be reached at the typical cost: raise budget.per_month or show ${reached}`,
    },
  ];
}

/** A plan's rules that are each valid and make no sense together. */
const checks: readonly {
  readonly knob: string;
  readonly when: (plan: PlanTerms) => boolean;
  readonly text: (plan: PlanTerms) => string;
}[] = [
  {
    knob: 'budget.buffer',
    when: (plan) => plan.hardBudget - plan.visibleBudget < plan.concurrentSessions * plan.sessionCap.standard,
    text: (plan) =>
      `the buffer of ${dollarsInWords(plan.hardBudget - plan.visibleBudget)} is less than ${plan.concurrentSessions} sessions at once of ${dollarsInWords(plan.sessionCap.standard)}: sessions may be refused before 100 %; raise buffer, or lower concurrent or per_session`,
  },
  {
    knob: 'budget.per_session',
    when: (plan) => plan.sessionCap.standard > plan.visibleBudget,
    text: (plan) =>
      `one session may hold ${dollarsInWords(plan.sessionCap.standard)}, more than the visible ${dollarsInWords(plan.visibleBudget)}: lower it or raise per_month`,
  },
  {
    knob: 'budget.per_day',
    when: (plan) => plan.dailyBudget !== null && plan.dailyBudget < plan.sessionCap.standard,
    text: (plan) =>
      `a day's ${dollarsInWords(plan.dailyBudget ?? 0)} is less than one session's ${dollarsInWords(plan.sessionCap.standard)}: raise it or lower per_session`,
  },
  {
    knob: 'degrade.per_session',
    when: (plan) => plan.degrade !== null && plan.sessionCap.economy > plan.sessionCap.standard,
    text: (plan) =>
      `an economy session may cost ${dollarsInWords(plan.sessionCap.economy)}, more than a standard one: lower it to at most ${dollarsInWords(plan.sessionCap.standard)}`,
  },
  {
    knob: 'degrade.at',
    when: (plan) => plan.degrade !== null && plan.degrade.at >= plan.ladder.cutoff,
    text: () => 'sessions are cut off before they would be degraded: lower it below 100%',
  },
  {
    knob: 'friction.confirm',
    when: (plan) => plan.sessionsPerPeriod < 5,
    text: (plan) =>
      `with ${plan.sessionsPerPeriod} sessions the user is asked to confirm only after an earlier warning in the period: 5 or more make it certain`,
  },
  {
    knob: 'sessions.per_day',
    when: (plan) =>
      plan.sessionsPerDay !== null &&
      plan.sessionsPerDay * longestPeriodDays(plan.period.every) < plan.sessionsPerPeriod,
    text: (plan) =>
      `${plan.sessionsPerDay} a day over a period of ${plan.period.every} cannot reach ${plan.sessionsPerPeriod}: raise per_day or lower per_month`,
  },
  {
    knob: 'probation.sessions',
    when: (plan) => plan.probation !== null && plan.probation.sessions >= plan.sessionsPerPeriod,
    text: (plan) =>
      `is no less than the ${plan.sessionsPerPeriod} sessions of a period, so it never binds: lower it`,
  },
];

/** Which dimension binds, for whom, and what of the policy cannot work as it reads; notes first. */
export function policyFindings(policy: PolicyTerms, typical: TypicalCost | null): readonly Finding[] {
  return Object.values(policy.plans).flatMap((plan) => {
    const path = `plans.${plan.plan}`;
    const warnings = checks
      .filter(({ when }) => when(plan))
      .map(({ knob, text }): Finding => ({ kind: 'warning', path: `${path}.${knob}`, text: text(plan) }));
    return [...bindingNotes(path, plan, typical), ...warnings];
  });
}

import { longestPeriodDays } from './period-length.ts';
import type { PlanTerms } from './terms.ts';

/** $0.20, $1.60, $0.000125: at least cents, and as many decimals as there are. */
export const dollarsInWords = (amount: number): string =>
  `$${(amount / 1_000_000).toFixed(6).replace(/0{1,4}$/, '')}`;

/** A plan's rules that are each valid and make no sense together. */
export type PlanCheck = {
  /** The knob of the plan that is warned of, `budget.buffer`. */
  readonly knob: string;
  readonly when: (plan: PlanTerms) => boolean;
  readonly text: (plan: PlanTerms) => string;
};

/** What the days of a period add up to where each stops at its cap. */
const byDays = (plan: PlanTerms, cap: number): number => cap * longestPeriodDays(plan.period.every);

export const planChecks: readonly PlanCheck[] = [
  {
    knob: 'budget.buffer',
    when: (plan) => plan.hardBudget - plan.visibleBudget < plan.concurrentSessions * plan.sessionCap.standard,
    text: (plan) =>
      `the buffer of ${dollarsInWords(plan.hardBudget - plan.visibleBudget)} is less than ${plan.concurrentSessions} sessions at once of ${dollarsInWords(plan.sessionCap.standard)}: sessions may be refused before 100 %; raise buffer, or lower concurrent or per_session`,
  },
  {
    knob: 'budget.per_session',
    when: (plan) => plan.sessionCap.standard === 0,
    text: () => 'leaves a session nothing to spend, so that each stops at its first call: raise it',
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
    knob: 'budget.per_day',
    when: (plan) => plan.dailyBudget !== null && byDays(plan, plan.dailyBudget) < plan.visibleBudget,
    text: (plan) =>
      `${dollarsInWords(plan.dailyBudget ?? 0)} a day over a period of ${plan.period.every} comes to ${dollarsInWords(byDays(plan, plan.dailyBudget ?? 0))} and cannot reach the visible ${dollarsInWords(plan.visibleBudget)}: raise it, or lower per_month`,
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
      `${plan.sessionsPerDay} a day over a period of ${plan.period.every} cannot reach the ${plan.sessionsPerPeriod} sessions shown: raise it, or lower per_month`,
  },
  {
    knob: 'probation.sessions',
    when: (plan) => plan.probation !== null && plan.probation.sessions >= plan.sessionsPerPeriod,
    text: (plan) =>
      `is no less than the ${plan.sessionsPerPeriod} sessions of a period, so it never binds: lower it`,
  },
];

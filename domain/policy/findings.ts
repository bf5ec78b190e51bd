import type { Instant } from '../instant.ts';
import type { MicroUsd } from '../money.ts';
import { ratesOfCall } from '../pricing/call-rates.ts';
import type { ParsedPolicy } from './document.ts';
import type { Finding } from './finding.ts';
import { knobsOf } from './diff.ts';
import { unitAt } from './knob-at.ts';
import { notActedOn } from './not-acted-on.ts';
import { dollarsInWords, planChecks } from './plan-checks.ts';
import { type PlanTerms, type PolicyTerms, termsOfPolicy } from './terms.ts';

/** What settled sessions of a plan cost: the middle one, and the one that nine in ten stay under. */
type TypicalCost = { readonly median: MicroUsd; readonly p90: MicroUsd; readonly sessions: number };

/** By the name of the plan; a plan without such sessions is not in it. */
export type TypicalCosts = ReadonlyMap<string, TypicalCost>;

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

function atFullCost(path: string, plan: PlanTerms): Finding {
  const text = `for users of the plan ${plan.plan}, ${whatBinds(plan, plan.sessionCap.standard, 'at full-cost sessions')}`;
  return { kind: 'note', path: `${path}.sessions.per_month`, text };
}

function atTypicalCost(path: string, plan: PlanTerms, costs: TypicalCosts): Finding[] {
  const typical = costs.get(plan.plan);
  const knob = `${path}.sessions.per_month`;
  if (typical === undefined) {
    const text = `no session of the plan ${plan.plan} ended in the last 30 days, so its typical cost is not known`;
    return [{ kind: 'note', path: knob, text }];
  }
  const sessions = typical.sessions === 1 ? 'the one session' : `the ${typical.sessions} sessions`;
  const seen: Finding = {
    kind: 'note',
    path: knob,
    text: `for users of the plan ${plan.plan}, ${whatBinds(plan, typical.median, `at the median of ${sessions} of the last 30 days`)}; ${whatBinds(plan, typical.p90, 'at their 90th percentile')}`,
  };
  const reached = sessionsThatDollarsAllow(plan, typical.median);
  if (reached >= plan.sessionsPerPeriod) return [seen];
  const text = `the ${plan.sessionsPerPeriod} sessions shown cannot be reached at the typical cost: raise budget.per_month or show ${reached}`;
  return [seen, { kind: 'warning', path: `${path}.budget.per_month`, text }];
}

/** A model without a price: what it used is refused unless the app sends its cost. */
function unpriced(path: string, { models }: PlanTerms, { prices }: PolicyTerms, now: Instant): Finding[] {
  return Object.entries(models).flatMap(([tier, names]) =>
    [...new Set(names)]
      .filter((name) => ratesOfCall(name, 1, 1, now, prices) === null)
      .map((name) => ({
        kind: 'warning',
        path: `${path}.models.${tier}`,
        text: `the model ${name} has no known price, so that its usage is refused unless cost_usd is sent: check its name, or state it under prices.models`,
      })),
  );
}

/** 0.2 is 0.2%, and seldom what was meant. */
function smallPercents(policy: ParsedPolicy): Finding[] {
  return knobsOf(policy).flatMap(({ path, value }) =>
    typeof value === 'number' && value > 0 && value < 1 && unitAt(path) === '%'
      ? [
          {
            kind: 'warning',
            path: path.join('.'),
            text: `is ${value}%: write ${Number((value * 100).toFixed(4))}% if that was meant`,
          },
        ]
      : [],
  );
}

/**
 * Which dimension binds, for whom, and what of the policy cannot work as it reads. `costs` is null where no ledger was
 * asked.
 */
export function policyFindings(
  policy: ParsedPolicy,
  costs: TypicalCosts | null,
  now: Instant,
): readonly Finding[] {
  const terms = termsOfPolicy(policy);
  const ofPlans = Object.values(terms.plans).flatMap((plan) => {
    const path = `plans.${plan.plan}`;
    const warnings = planChecks
      .filter(({ when }) => when(plan))
      .map(({ knob, text }): Finding => ({ kind: 'warning', path: `${path}.${knob}`, text: text(plan) }));
    return [
      atFullCost(path, plan),
      ...(costs === null ? [] : atTypicalCost(path, plan, costs)),
      ...warnings,
      ...unpriced(path, plan, terms, now),
    ];
  });
  return [...ofPlans, ...smallPercents(policy), ...notActedOn(policy)];
}

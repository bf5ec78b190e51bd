import { after, hour, instant } from '../../domain/instant.ts';
import { noMoney } from '../../domain/money.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import type { PlanTerms } from '../../domain/policy/terms.ts';
import type { PeriodTotals } from '../../domain/totals.ts';

/** One thing that a sample user is told, with the period as it then stands. */
export type Scene = { readonly name: string; readonly notice: Notice; readonly period: PeriodTotals };

const timeZone = 'Europe/Berlin';
const startsAt = instant(Date.parse('2026-10-31T23:00:00Z'));
const endsAt = instant(Date.parse('2026-11-30T23:00:00Z'));
const number = 2;

function periodAt(plan: PlanTerms, percent: number, dimension: 'sessions' | 'usage'): PeriodTotals {
  const share = dimension === 'sessions' ? percent : percent / 2;
  return {
    number,
    startsAt,
    endsAt,
    timeZone,
    plan: plan.plan,
    sessionsUsed: Math.min(plan.sessionsPerPeriod, Math.ceil((plan.sessionsPerPeriod * share) / 100)),
    sessionsLimit: plan.sessionsPerPeriod,
    spent: noMoney,
    held: noMoney,
    visibleBudget: plan.visibleBudget,
    hardBudget: plan.hardBudget,
    overshoot: noMoney,
    percent,
    crossings: [],
  };
}

/** Every step of the ladder by what limits, and the resets. */
export function scenesOf(plan: PlanTerms): readonly Scene[] {
  const { indicator, nudge, confirm, cutoff } = plan.ladder;
  const nudges = [indicator, nudge, confirm, cutoff].flatMap((threshold) =>
    (['sessions', 'usage'] as const).map((dimension): Scene => ({
      name: `nudge at ${threshold} %, limited by ${dimension}`,
      notice: { kind: 'nudge', period: number, threshold, dimension },
      period: periodAt(plan, threshold, dimension),
    })),
  );
  const usedUp = periodAt(plan, 100, 'sessions');
  const before = { sessionsUsed: usedUp.sessionsUsed, sessionsLimit: usedUp.sessionsLimit };
  return [
    ...nudges,
    {
      name: 'reset soon',
      notice: { kind: 'reset_soon', period: number, at: after(endsAt, -24 * hour) },
      period: usedUp,
    },
    {
      name: 'reset',
      notice: { kind: 'reset', period: number, before },
      period: periodAt(plan, 0, 'sessions'),
    },
  ];
}

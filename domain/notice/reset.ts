import type { Standing } from '../account/standing.ts';
import { type Instant, after } from '../instant.ts';
import type { PeriodTotals } from '../totals.ts';
import type { Notice } from './notice.ts';

const cutoff = 100;

/** The first instant at 100 %, null where the limit was not hit. */
const limitHitAt = (period: PeriodTotals): Instant | null =>
  period.crossings.find(({ threshold }) => threshold === cutoff)?.at ?? null;

const wasActive = (period: PeriodTotals): boolean => period.sessionsUsed > 0 || limitHitAt(period) !== null;

const isUsedUp = (period: PeriodTotals): boolean => period.percent >= cutoff;

/** Who is suspended or waits for a person has no allowance that could be back. */
const canUseAllowance = (standing: Standing): boolean => standing === 'good' || standing === 'restricted';

/** Periods before the current one whose end has not been accounted for, oldest first. */
export const endedPeriods = (
  periods: readonly PeriodTotals[],
  current: PeriodTotals,
): readonly PeriodTotals[] =>
  periods.filter(({ number, accounted }) => number < current.number && accounted !== true);

/**
 * What a user is told when a period has opened, however many ended before anybody looked: one notice, about the last in
 * which they were active or hit the limit. Null where they were not, or where it would not be true any more.
 */
export function resetNotice(
  ended: readonly PeriodTotals[],
  current: PeriodTotals,
  standing: Standing,
): Notice | null {
  const before = ended.findLast(wasActive);
  if (before === undefined || isUsedUp(current) || !canUseAllowance(standing)) return null;
  const { sessionsUsed, sessionsLimit } = before;
  return { kind: 'reset', period: current.number, before: { sessionsUsed, sessionsLimit } };
}

/**
 * When to tell that the reset is near: the policy's time before it, for users who were at the cut-off by then and still
 * are; spread by `jitter`, never past half of what is left. Null: it is not told.
 */
export function resetSoonAt(period: PeriodTotals, standing: Standing, jitter: number): Instant | null {
  const { soonAt = null, endsAt } = period;
  const hitAt = limitHitAt(period);
  if (soonAt === null || hitAt === null || hitAt > soonAt) return null;
  if (!isUsedUp(period) || !canUseAllowance(standing)) return null;
  return after(soonAt, Math.min(jitter, Math.floor((endsAt - soonAt) / 2)));
}

import type { Instant } from '../instant.ts';
import type { CrossingTotals, NudgeDecision, PeriodTotals } from '../totals.ts';

/** What becomes of one crossing: decided once, by its period and threshold. */
export type DecidedNudge = {
  readonly period: number;
  readonly threshold: number;
  readonly dimension: CrossingTotals['dimension'];
  readonly decision: NudgeDecision;
};

const undecided = (crossing: CrossingTotals): boolean => crossing.decided === null;

/**
 * Law 8: of the crossings not yet decided the highest is delivered and the others are passed; a lower one that comes to
 * light after a higher was delivered is passed too; crossings of an ended period lapse. Who is held out of the ladder is
 * sent none.
 */
export function decideNudges(period: PeriodTotals, now: Instant): readonly DecidedNudge[] {
  const open = period.crossings.filter(undecided);
  const delivered = period.crossings.filter((crossing) => crossing.decided === 'delivered');
  const highestDelivered = Math.max(0, ...delivered.map((crossing) => crossing.threshold));
  const highest = Math.max(0, ...open.map((crossing) => crossing.threshold));
  const decisionOn = (threshold: number): NudgeDecision => {
    if (now >= period.endsAt) return 'lapsed';
    if (period.arm === 'holdout') return 'withheld';
    return threshold === highest && threshold > highestDelivered ? 'delivered' : 'passed';
  };
  return open.map(({ threshold, dimension }) => ({
    period: period.number,
    threshold,
    dimension,
    decision: decisionOn(threshold),
  }));
}

import { withAdded, withPeriod } from '../account/change.ts';
import { isUpgraded } from '../account/entitlement.ts';
import type { AccountState, Dimension, Period } from '../account/state.ts';
import type { Instant } from '../instant.ts';
import { noMoney } from '../money.ts';
import type { PlanTerms } from '../policy/terms.ts';

export type Stage = 'clear' | 'indicator' | 'nudge' | 'confirm' | 'cutoff' | 'review' | 'suspended';

/** True where `part` is at least `percent` of `whole`; whole numbers only, so that 7 of 10 is exactly 70 %. */
const reaches = (part: number, whole: number, percent: number): boolean => part * 100 >= percent * whole;

/** Whole percents of the dimension that leads, 100 at most. A budget of nothing is used up from the start. */
export function percentUsed(period: Period, terms: PlanTerms): number {
  const bySessions = (period.sessionsUsed * 100) / terms.sessionsPerPeriod;
  const byUsage = terms.visibleBudget === 0 ? 100 : (period.spent * 100) / terms.visibleBudget;
  return Math.min(100, Math.floor(Math.max(bySessions, byUsage)));
}

/** True where the bar shows sessions: the dollars spent have not gone further. */
export const doSessionsLead = (period: Period, terms: PlanTerms): boolean =>
  percentUsed(period, terms) === percentUsed({ ...period, spent: noMoney }, terms);

/** Which dimension, if any, has reached a step, with `sessions` sessions counted. Sessions lead where both have. */
export function dimensionAt(
  period: Period,
  terms: PlanTerms,
  sessions: number,
  percent: number,
): Dimension | null {
  if (reaches(sessions, terms.sessionsPerPeriod, percent)) return 'sessions';
  if (reaches(period.spent, terms.visibleBudget, percent)) return 'usage';
  return null;
}

/** Nothing is left in the period: cut-off is judged on what was used before the session asked for. */
export const isUsedUp = (period: Period, terms: PlanTerms): boolean =>
  dimensionAt(period, terms, period.sessionsUsed, 100) !== null;

/**
 * Records every step up to `highest` that has been reached and was not before. The step at 100 % is asked for
 * only when the last running session ends or another is tried, so that nobody is nudged mid-task. Who is on a paid
 * plan crosses nothing.
 */
export function crossSteps(
  state: AccountState,
  period: Period,
  terms: PlanTerms,
  reached: { readonly sessions: number; readonly highest: number },
  now: Instant,
): AccountState {
  if (isUpgraded(state)) return state;
  const { indicator, nudge, confirm, cutoff } = terms.ladder;
  const crossings = [indicator, nudge, confirm, cutoff]
    .filter((step) => step <= reached.highest && !period.crossed.includes(step))
    .flatMap((threshold) => {
      const dimension = dimensionAt(period, terms, reached.sessions, threshold);
      if (dimension === null) return [];
      const version = state.account.version + 1;
      const ordinal = state.added.usageEvents.length;
      return [{ period: period.number, threshold, dimension, at: now, version, ordinal }];
    });
  if (crossings.length === 0) return state;
  const crossed = [...period.crossed, ...crossings.map((crossing) => crossing.threshold)].sort(
    (a, b) => a - b,
  );
  return withAdded(withPeriod(state, { ...period, crossed }), { crossings });
}

/** Where the month stands, in the ladder's words. The last session is not cut off while it runs. */
export function stageOf(period: Period, terms: PlanTerms, sessionsRunning: boolean): Stage {
  const { indicator, nudge, confirm } = terms.ladder;
  const at = (percent: number) => dimensionAt(period, terms, period.sessionsUsed, percent) !== null;
  if (at(100) && !sessionsRunning) return 'cutoff';
  if (at(confirm)) return 'confirm';
  if (at(nudge)) return 'nudge';
  return at(indicator) ? 'indicator' : 'clear';
}

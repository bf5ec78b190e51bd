import { type AccountTotals, type CrossingTotals, type PeriodTotals, isNewer } from '../domain/totals.ts';
import type { FreeTierState } from './state.ts';

/** A decision once known stays known: totals may have been read a moment before it was stored. */
const withKnownDecisions = (next: PeriodTotals, known: PeriodTotals | undefined): PeriodTotals => ({
  ...next,
  crossings: next.crossings.map((crossing): CrossingTotals => {
    const before = known?.crossings.find((candidate) => candidate.threshold === crossing.threshold);
    return { ...crossing, decided: crossing.decided ?? before?.decided ?? null };
  }),
});

function mergePeriods(
  known: readonly PeriodTotals[],
  next: readonly PeriodTotals[],
): readonly PeriodTotals[] {
  const kept = known.filter((period) => !next.some((candidate) => candidate.number === period.number));
  const merged = next.map((period) =>
    withKnownDecisions(
      period,
      known.find((candidate) => candidate.number === period.number),
    ),
  );
  return [...kept, ...merged].sort((left, right) => left.number - right.number);
}

/**
 * Takes in what the ledger tells. Repeated or late totals change nothing; after a restore (a higher epoch) the ledger's
 * word replaces ours whole.
 */
export function takeIn(state: FreeTierState, totals: AccountTotals): FreeTierState {
  if (!isNewer(totals, state)) return state;
  const restored = totals.epoch > state.epoch;
  const entitlement =
    restored || totals.entitlement.version > state.entitlement.version
      ? totals.entitlement
      : state.entitlement;
  const highest = totals.periods.at(-1)?.number ?? 0;
  return {
    ...state,
    epoch: totals.epoch,
    seq: totals.seq,
    clockOffset: totals.clockOffset,
    resetJitter: totals.resetJitter,
    riskScore: totals.riskScore,
    review: totals.review === undefined ? state.review : totals.review,
    entitlement,
    commands: totals.commands.filter((command) => command.number > entitlement.foldedThrough),
    periods: mergePeriods(restored ? [] : state.periods, totals.periods),
    announced: restored ? Math.min(state.announced, highest) : state.announced,
  };
}

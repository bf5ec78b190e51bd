import { limitStreak } from '../domain/growth/limit-streak.ts';
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

/** What a restored ledger does not know to be announced is announced again, under the same ids. */
function announcedBy({ periods }: AccountTotals, announced: number): number {
  const highest = periods.at(-1)?.number ?? 0;
  const isOwed = periods.some(({ number, accounted }) => number < highest && accounted === false);
  return Math.min(announced, isOwed ? highest - 1 : highest);
}

/**
 * As `takeIn`; what is told once more was not acknowledged, so that it is acknowledged once more: nobody knows whether a
 * word outside of the history has arrived.
 */
export function hear(state: FreeTierState, totals: AccountTotals): FreeTierState {
  const taken = takeIn(state, totals);
  return taken === state ? { ...state, acknowledged: null } : taken;
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
  const limitHits = totals.limitHits ?? state.limitHits;
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
    announced: restored ? announcedBy(totals, state.announced) : state.announced,
    accounted: restored ? [] : state.accounted,
    soonAnnounced: restored ? 0 : state.soonAnnounced,
    traceparent: totals.traceparent ?? null,
    limitHits,
    limitStreak: limitStreak(limitHits, highest),
  };
}

import type { Command } from '../domain/account/command.ts';
import { type Entitlement, fold } from '../domain/account/entitlement.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { DecidedNudge } from '../domain/notice/nudge.ts';
import { type OpenReview, withDutyDone } from '../domain/risk/open-review.ts';
import type { PeriodTotals } from '../domain/totals.ts';
import { type FreeTierState, currentPeriodOf, noted } from './state.ts';

/** What a finished step makes of the state. Signals may have changed it meanwhile, so each touches its own part only. */

const actsInWords: Readonly<Record<Command['kind'], string>> = {
  flag: 'flagged',
  approve: 'approved',
  reject: 'rejected',
  grant: 'granted',
  override: 'limits overridden',
  withdraw: 'grant or override withdrawn',
  upgrade: 'upgrade told',
  downgrade: 'downgrade told',
  recheck: 're-checked',
};

function actInWords(command: Command): string {
  const outcome = command.kind === 'recheck' ? ` at ${command.score} points and ${command.outcome}` : '';
  const note = command.note === '' ? '' : `: ${command.note}`;
  return `${actsInWords[command.kind]} by ${command.by}${outcome}${note}`;
}

export function withEntitlement(state: FreeTierState, stored: Entitlement): FreeTierState {
  const folded = state.commands.filter((command) => command.number <= stored.foldedThrough);
  const journaled = folded.reduce(
    (journal, command) => noted(journal, { kind: 'act', at: command.at, text: actInWords(command) }),
    state,
  );
  return {
    ...journaled,
    entitlement: stored,
    commands: state.commands.filter((command) => command.number > stored.foldedThrough),
  };
}

/** Ended periods are let go once nothing of them is undecided and what followed was announced. */
function withoutSettledPeriods(state: FreeTierState): FreeTierState {
  const current = currentPeriodOf(state);
  if (current === null || state.announced < current.number) return state;
  const isSettled = (period: PeriodTotals): boolean =>
    period.crossings.every((crossing) => crossing.decided !== null);
  return {
    ...state,
    periods: state.periods.filter((period) => period.number === current.number || !isSettled(period)),
  };
}

export function withNudges(
  state: FreeTierState,
  nudges: readonly DecidedNudge[],
  now: Instant,
): FreeTierState {
  const decisionOn = (period: number, threshold: number) =>
    nudges.find((nudge) => nudge.period === period && nudge.threshold === threshold)?.decision ?? null;
  const decided: FreeTierState = {
    ...state,
    periods: state.periods.map((period) => ({
      ...period,
      crossings: period.crossings.map((crossing) => ({
        ...crossing,
        decided: crossing.decided ?? decisionOn(period.number, crossing.threshold),
      })),
    })),
  };
  const delivered = nudges.find((nudge) => nudge.decision === 'delivered');
  const journaled =
    delivered === undefined
      ? decided
      : noted(decided, { kind: 'act', at: now, text: `nudge at ${delivered.threshold} % sent` });
  return withoutSettledPeriods(journaled);
}

export function withResetAnnounced(
  state: FreeTierState,
  {
    period,
    toUser,
    ended,
  }: { readonly period: number; readonly toUser: boolean; readonly ended: readonly number[] },
): FreeTierState {
  const startsAt = state.periods.find((candidate) => candidate.number === period)?.startsAt ?? instant(0);
  const journaled = toUser
    ? noted(state, { kind: 'act', at: startsAt, text: `period ${period} opened, reset notice sent` })
    : state;
  return withoutSettledPeriods({
    ...journaled,
    announced: Math.max(state.announced, period),
    accounted: [...new Set([...state.accounted, ...ended])],
  });
}

const dutiesInWords = {
  remind: 'the review is due: the app was reminded',
  escalate: 'nobody decided the review: escalated',
} as const;

export const withReviewTold = (
  state: FreeTierState,
  review: OpenReview,
  duty: 'remind' | 'escalate',
  now: Instant,
): FreeTierState =>
  noted(
    { ...state, reviewProgress: withDutyDone(review, state.reviewProgress, duty) },
    { kind: 'act', at: now, text: dutiesInWords[duty] },
  );

export const withResetSoonAnnounced = (
  state: FreeTierState,
  period: number,
  now: Instant,
): FreeTierState => ({
  ...noted(state, { kind: 'act', at: now, text: `told that period ${period} ends soon` }),
  soonAnnounced: Math.max(state.soonAnnounced, period),
});

export const withActRecorded = (state: FreeTierState, key: string): FreeTierState => ({
  ...state,
  acts: state.acts.filter((act) => act.key !== key),
});

/** True once a command is part of the entitlement, or will be when what is known is folded. */
export const knowsCommand = (state: FreeTierState, command: number): boolean =>
  fold(state.entitlement, state.commands).foldedThrough >= command;

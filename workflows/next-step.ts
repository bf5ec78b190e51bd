import { type Entitlement, fold, lifecycleOf } from '../domain/account/entitlement.ts';
import { hasEnded } from '../domain/account/free-tier-life.ts';
import { type Instant, after } from '../domain/instant.ts';
import { type OpenReview, type ReviewDuty, nextReviewDuty } from '../domain/risk/open-review.ts';
import type { Standing } from '../domain/account/standing.ts';
import type { Notice } from '../domain/notice/notice.ts';
import { endedPeriods, resetNotice, resetSoonAt } from '../domain/notice/reset.ts';
import { type DecidedNudge, decideNudges } from '../domain/notice/nudge.ts';
import type { PeriodTotals } from '../domain/totals.ts';
import type { HumanAct } from '../activities/free-tier-activities.ts';
import type { IsPatched } from './rules.ts';
import { type Acknowledged, type FreeTierState, currentPeriodOf, openReviewOf } from './state.ts';

/** The one thing the workflow has to do next, computed from its state and the app's clock alone. */
export type Step =
  | { readonly kind: 'record_act'; readonly act: HumanAct }
  | { readonly kind: 'write_entitlement'; readonly entitlement: Entitlement }
  | {
      readonly kind: 'decide_nudges';
      readonly period: PeriodTotals;
      readonly nudges: readonly DecidedNudge[];
    }
  | { readonly kind: 'open_period' }
  | {
      readonly kind: 'announce_reset';
      readonly period: PeriodTotals;
      readonly notice: Notice | null;
      /** Periods that ended and of which all is decided with it. */
      readonly ended: readonly number[];
    }
  | { readonly kind: 'announce_reset_soon'; readonly period: PeriodTotals; readonly notice: Notice }
  | {
      readonly kind: 'tell_of_review';
      readonly review: OpenReview;
      readonly standing: Standing;
      readonly duty: 'remind' | 'escalate';
    }
  | { readonly kind: 'recheck_review'; readonly review: OpenReview }
  | { readonly kind: 'acknowledge'; readonly word: Acknowledged }
  | { readonly kind: 'wait'; readonly deadline: Deadline | null }
  /** Nothing is left to do but to say so; `word` is the last one to the ledger. */
  | { readonly kind: 'end'; readonly as: 'upgraded' | 'hibernating'; readonly word: Acknowledged };

/** What the workflow waits for, and until when on the app's clock. */
export type Deadline = { readonly at: Instant; readonly of: 'period' | 'reset_soon' | ReviewDuty };

/** When the workflow announces the end of a period: spread over minutes in live apps, so that no storm comes at midnight. */
const endOf = (state: FreeTierState, current: PeriodTotals): Instant =>
  after(current.endsAt, state.resetJitter);

type DueReview = { readonly review: OpenReview; readonly duty: ReviewDuty; readonly at: Instant };

/** What is owed to the open review next, whenever that is. */
function reviewDutyOf(state: FreeTierState): DueReview | null {
  const review = openReviewOf(state);
  return review === null ? null : { review, ...nextReviewDuty(review, state.reviewProgress) };
}

const reviewStep = (state: FreeTierState, { review, duty }: DueReview): Step =>
  duty === 'recheck'
    ? { kind: 'recheck_review', review }
    : { kind: 'tell_of_review', review, standing: state.entitlement.standing, duty };

/** What code before the patch `reset-of-facts` announced. */
function earlierAnnouncement(state: FreeTierState, current: PeriodTotals): Notice | null {
  const before = state.periods.findLast((period) => period.number < current.number);
  if (before === undefined || before.sessionsUsed === 0) return null;
  return {
    kind: 'reset',
    period: current.number,
    before: { sessionsUsed: before.sessionsUsed, sessionsLimit: before.sessionsLimit },
  };
}

/** A whole period went by without a session, and nobody's word is waited for. */
const mayHibernate = ({ entitlement }: FreeTierState, ended: PeriodTotals): boolean =>
  ended.sessionsUsed === 0 && ended.spent === 0 && ended.held === 0 && entitlement.standing === 'good';

const isSame = (left: Notice | null, right: Notice | null): boolean =>
  JSON.stringify(left) === JSON.stringify(right);

function resetNoticeOf(
  state: FreeTierState,
  ended: readonly PeriodTotals[],
  current: PeriodTotals,
  isPatched: IsPatched,
): Notice | null {
  // Who pays has no free allowance that could be back.
  if (current.number === 1 || lifecycleOf(state.entitlement) === 'upgraded') return null;
  const earlier = earlierAnnouncement(state, current);
  const notice = resetNotice(ended, current, state.entitlement.standing);
  return isSame(earlier, notice) || !isPatched('reset-of-facts') ? earlier : notice;
}

function announceReset(
  state: FreeTierState,
  current: PeriodTotals,
  isPatched: IsPatched,
): Extract<Step, { kind: 'announce_reset' }> {
  const ended = endedPeriods(state.periods, current);
  return {
    kind: 'announce_reset',
    period: current,
    notice: resetNoticeOf(state, ended, current, isPatched),
    ended: ended.map(({ number }) => number),
  };
}

/** When the user is to be told that the reset is near, null where they are not or were. */
function soonAtOf(state: FreeTierState, current: PeriodTotals, isPatched: IsPatched): Instant | null {
  if (state.soonAnnounced >= current.number || lifecycleOf(state.entitlement) === 'upgraded') return null;
  const at = resetSoonAt(current, state.entitlement.standing, state.resetJitter);
  return at !== null && isPatched('reset-soon') ? at : null;
}

const sooner = (left: Deadline, right: Deadline | null): Deadline =>
  right !== null && right.at < left.at ? right : left;

export const isAcknowledged = (known: Acknowledged | null, word: Acknowledged): boolean =>
  known?.epoch === word.epoch && known.seq === word.seq && known.wakeAt === word.wakeAt;

/** The answer to each word holds all that is not folded yet: a crowd of words would cost its square. */
const mostUnfolded = 10;
const isFoldedFirst = ({ commands }: FreeTierState, isPatched: IsPatched): boolean =>
  commands.length >= mostUnfolded && isPatched('words-in-turns');

/** People first, then what is owed to the user, then the calendar; the ledger is told last, when all of it is done. */
export function nextStep(state: FreeTierState, now: Instant, isPatched: IsPatched): Step {
  const [act] = state.acts;
  if (act !== undefined && !isFoldedFirst(state, isPatched)) return { kind: 'record_act', act };
  const folded = fold(state.entitlement, state.commands);
  if (folded.foldedThrough > state.entitlement.foldedThrough) {
    return {
      kind: 'write_entitlement',
      entitlement: { ...folded, version: state.entitlement.version + 1 },
    };
  }
  const isUpgraded = lifecycleOf(state.entitlement) === 'upgraded';
  for (const period of state.periods) {
    // Who pays is not nudged to: what was crossed before lapses as if the period had ended.
    const nudges = decideNudges(period, isUpgraded ? period.endsAt : now);
    if (nudges.length > 0) return { kind: 'decide_nudges', period, nudges };
  }
  const farewell: Acknowledged = { epoch: state.epoch, seq: state.seq, wakeAt: null };
  if (hasEnded(state)) return { kind: 'end', as: 'upgraded', word: farewell };
  const review = reviewDutyOf(state);
  if (review !== null && review.at <= now) return reviewStep(state, review);
  const current = currentPeriodOf(state);
  if (current === null) return { kind: 'wait', deadline: null };
  if (state.announced < current.number) {
    return announceReset(state, current, isPatched);
  }
  const end = endOf(state, current);
  if (now >= end) {
    return mayHibernate(state, current) && isPatched('hibernation')
      ? { kind: 'end', as: 'hibernating', word: farewell }
      : { kind: 'open_period' };
  }
  const soonAt = now < current.endsAt ? soonAtOf(state, current, isPatched) : null;
  if (soonAt !== null && soonAt <= now) {
    const notice: Notice = { kind: 'reset_soon', period: current.number, at: now };
    return { kind: 'announce_reset_soon', period: current, notice };
  }
  const ofPeriod: Deadline = soonAt === null ? { at: end, of: 'period' } : { at: soonAt, of: 'reset_soon' };
  const deadline = sooner(ofPeriod, review === null ? null : { at: review.at, of: review.duty });
  const word: Acknowledged = { epoch: state.epoch, seq: state.seq, wakeAt: deadline.at };
  if (!isAcknowledged(state.acknowledged, word)) return { kind: 'acknowledge', word };
  return { kind: 'wait', deadline };
}

import { type Entitlement, fold, lifecycleOf } from '../domain/account/entitlement.ts';
import { hasEnded } from '../domain/account/free-tier-life.ts';
import { type Instant, after } from '../domain/instant.ts';
import type { Notice } from '../domain/notice/notice.ts';
import { type DecidedNudge, decideNudges } from '../domain/notice/nudge.ts';
import type { PeriodTotals } from '../domain/totals.ts';
import type { HumanAct } from './human-act.ts';
import { type Acknowledged, type FreeTierState, currentPeriodOf } from './state.ts';

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
  | { readonly kind: 'announce_reset'; readonly period: PeriodTotals; readonly notice: Notice | null }
  | { readonly kind: 'acknowledge'; readonly word: Acknowledged }
  | { readonly kind: 'wait'; readonly until: Instant | null }
  /** Nothing is left to do but to say so; `word` is the last one to the ledger. */
  | { readonly kind: 'end'; readonly as: 'upgraded' | 'hibernating'; readonly word: Acknowledged };

/** When the workflow announces the end of a period: spread over minutes in live apps, so that no storm comes at midnight. */
const deadlineOf = (state: FreeTierState): Instant | null => {
  const current = currentPeriodOf(state);
  return current === null ? null : after(current.endsAt, state.resetJitter);
};

function announcement(state: FreeTierState, current: PeriodTotals): Notice | null {
  if (lifecycleOf(state.entitlement) === 'upgraded') return null;
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

export const isAcknowledged = (known: Acknowledged | null, word: Acknowledged): boolean =>
  known?.epoch === word.epoch && known.seq === word.seq && known.wakeAt === word.wakeAt;

/** People first, then what is owed to the user, then the calendar; the ledger is told last, when all of it is done. */
export function nextStep(state: FreeTierState, now: Instant): Step {
  const [act] = state.acts;
  if (act !== undefined) return { kind: 'record_act', act };
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
  const current = currentPeriodOf(state);
  const deadline = deadlineOf(state);
  if (current === null || deadline === null) return { kind: 'wait', until: null };
  if (state.announced < current.number) {
    return { kind: 'announce_reset', period: current, notice: announcement(state, current) };
  }
  if (now >= deadline) {
    return mayHibernate(state, current)
      ? { kind: 'end', as: 'hibernating', word: farewell }
      : { kind: 'open_period' };
  }
  const word: Acknowledged = { epoch: state.epoch, seq: state.seq, wakeAt: deadline };
  if (!isAcknowledged(state.acknowledged, word)) return { kind: 'acknowledge', word };
  return { kind: 'wait', until: deadline };
}

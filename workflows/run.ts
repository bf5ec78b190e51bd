import { allHandlersFinished, workflowInfo } from '@temporalio/workflow';
import type { Instant } from '../domain/instant.ts';
import type { Rules } from './rules.ts';
import { type FreeTierState, currentPeriodOf } from './state.ts';

/** Replays of so many events are not felt; an ordinary half-year has 360. The server suggests an end at 4,096. */
const mostEvents = 500;

/** As many words of people as a next run may be handed: the longest of them stay well below what one payload may hold. */
const mostHandedOver = 100;

type Beginning = { readonly period: number; readonly at: Instant; readonly epoch: number };

/** When a run has gone on for long enough, so that the next continues it. */
export class Run {
  readonly #lasts: Rules['lasts'];
  #began: Beginning | null = null;

  constructor({ lasts }: Rules) {
    this.#lasts = lasts;
  }

  /** Notes the first period that was announced. */
  see(state: FreeTierState): void {
    const current = currentPeriodOf(state);
    if (this.#began !== null || state.announced === 0 || current === null) return;
    this.#began = { period: state.announced, at: current.startsAt, epoch: state.epoch };
  }

  /** True where nothing speaks against an end any more but what is being done. */
  isOver(state: FreeTierState): boolean {
    if (!allHandlersFinished()) return false;
    return this.isEndSuggested(state) || (this.#began !== null && this.#isOld(this.#began, state));
  }

  /** Then the end waits for nothing but for words of people that the next run could not be handed. */
  isEndSuggested(state: FreeTierState): boolean {
    return workflowInfo().continueAsNewSuggested && state.acts.length <= mostHandedOver;
  }

  #isOld(began: Beginning, state: FreeTierState): boolean {
    const hasReset = state.announced > began.period;
    if (this.#lasts === null) return hasReset;
    // Whoever rebuilds has the next run begin at once, on the newest code.
    if (state.epoch > began.epoch) return true;
    const sinceFirst = (currentPeriodOf(state)?.startsAt ?? began.at) - began.at;
    return hasReset && (sinceFirst >= this.#lasts || workflowInfo().historyLength >= mostEvents);
  }
}

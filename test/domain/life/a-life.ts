import { bringUpToDate } from '../../../domain/account/bring-up-to-date.ts';
import { withAccount } from '../../../domain/account/change.ts';
import type { Crossing } from '../../../domain/account/state.ts';
import { type Instant, instant } from '../../../domain/instant.ts';
import { type Notice, noticeId } from '../../../domain/notice/notice.ts';
import type { DecidedNudge } from '../../../domain/notice/nudge.ts';
import { periodTotals } from '../../../domain/period-totals.ts';
import type { AccountTotals, CrossingTotals } from '../../../domain/totals.ts';
import {
  withEntitlement,
  withNudges,
  withResetAnnounced,
  withResetSoonAnnounced,
} from '../../../workflows/apply-result.ts';
import { isTotalsOf } from '../../../workflows/check-totals.ts';
import { nextStep } from '../../../workflows/next-step.ts';
import { type FreeTierState, stateOf } from '../../../workflows/state.ts';
import { takeIn } from '../../../workflows/take-in.ts';
import { AnAccount } from '../an-account.ts';

/**
 * An account and its workflow in memory: the rules decide, totals tell, the workflow's pure steps are done against lists
 * instead of a database. Only `settle` lets the workflow look, so that anything may happen while it is away.
 */
export class ALife extends AnAccount {
  readonly nudges: DecidedNudge[] = [];
  /** Every notice with the instant it was told, as an inbox keeps them: an id once. */
  readonly inbox: { readonly id: string; readonly at: Instant; readonly notice: Notice }[] = [];
  readonly accounted = new Set<number>();
  workflow: FreeTierState = this.#fresh();
  /** What the workflow waits for. */
  wakesAt: Instant | null = null;
  /** The account's version at which it went to sleep: nobody wakes it until there is another to tell. */
  #asleepSince: number | null = null;

  get isAsleep(): boolean {
    return this.#asleepSince === this.state.account.version;
  }

  #fresh(): FreeTierState {
    const { appId, userId } = this.state.account;
    return stateOf({ v: 1, appId, userId });
  }

  /** Temporal is wiped: what the workflow knew is gone. */
  forgetWorkflow(): this {
    this.workflow = this.#fresh();
    return this;
  }

  #crossings(): readonly Crossing[] {
    return this.added.crossings;
  }

  totals(): AccountTotals {
    const { account, commands, periods } = this.state;
    const crossingsOf = (number: number): CrossingTotals[] =>
      this.#crossings()
        .filter(({ period }) => period === number)
        .map(({ threshold, dimension, at }) => {
          const known = this.nudges.find((one) => one.period === number && one.threshold === threshold);
          return { threshold, dimension, at, decided: known?.decision ?? null };
        });
    return {
      v: 1,
      appId: account.appId,
      userId: account.userId,
      epoch: 1,
      seq: account.version,
      clockOffset: 0,
      resetJitter: 0,
      riskScore: 0,
      entitlement: account.entitlement,
      commands: commands.filter(({ number }) => number > account.entitlement.foldedThrough),
      limitHits: this.#crossings()
        .filter(({ threshold }) => threshold === 100)
        .map(({ period, at }) => ({ period, at })),
      periods: periods.map((period) =>
        periodTotals(
          { period, crossings: crossingsOf(period.number), accounted: this.accounted.has(period.number) },
          this.state,
          this.context(),
        ),
      ),
    };
  }

  #tell(notice: Notice | null): void {
    if (notice === null) return;
    const id = noticeId(notice);
    if (this.inbox.every((known) => known.id !== id)) this.inbox.push({ id, at: this.now, notice });
  }

  #accountFor(ended: readonly number[]): void {
    for (const number of ended) this.accounted.add(number);
  }

  #acknowledge(): void {
    this.#accountFor(this.workflow.accounted);
    this.workflow = { ...this.workflow, accounted: [] };
  }

  #raised(state: typeof this.state): void {
    this.state = withAccount(state, { version: state.account.version + 1 });
  }

  /** The workflow hears of the account and does all there is to do. */
  settle(): this {
    if (this.isAsleep) return this;
    this.#asleepSince = null;
    const totals: unknown = JSON.parse(JSON.stringify(this.totals()));
    if (!isTotalsOf(this.workflow, totals)) throw new Error('the workflow would not take these totals in');
    this.workflow = takeIn(this.workflow, totals);
    for (let steps = 0; steps < 100; steps += 1) {
      const step = nextStep(this.workflow, this.now, () => true);
      switch (step.kind) {
        case 'decide_nudges': {
          this.nudges.push(...step.nudges);
          const told = step.nudges.find(({ decision }) => decision === 'delivered');
          if (told !== undefined) this.#tell({ kind: 'nudge', ...told });
          this.workflow = withNudges(this.workflow, step.nudges, this.now);
          break;
        }
        case 'write_entitlement':
          this.#raised(withAccount(this.state, { entitlement: step.entitlement }));
          this.workflow = withEntitlement(this.workflow, step.entitlement);
          break;
        case 'announce_reset':
          this.#tell(step.notice);
          if (step.notice !== null) this.#accountFor(step.ended);
          this.workflow = withResetAnnounced(this.workflow, {
            period: step.period.number,
            toUser: step.notice !== null,
            ended: step.notice === null ? step.ended : [],
          });
          break;
        case 'announce_reset_soon':
          this.#tell(step.notice);
          this.workflow = withResetSoonAnnounced(this.workflow, step.period.number, this.now);
          break;
        case 'open_period':
          this.#raised(bringUpToDate(this.state, this.context()));
          this.workflow = takeIn(this.workflow, this.totals());
          break;
        case 'acknowledge':
          this.#acknowledge();
          this.workflow = { ...this.workflow, acknowledged: step.word };
          break;
        case 'end':
          this.#acknowledge();
          this.#asleepSince = this.state.account.version;
          this.wakesAt = null;
          return this.forgetWorkflow();
        case 'wait':
          this.wakesAt = step.deadline?.at ?? null;
          return this;
        case 'record_act':
        case 'tell_of_review':
        case 'recheck_review':
          throw new Error(`no person and no review is in this life, yet "${step.kind}" is due`);
        default:
          return step satisfies never;
      }
    }
    throw new Error('the workflow does not come to rest');
  }

  /** Time passes with the workflow awake: it settles at each instant it asked to be woken at. */
  live(until: Instant): this {
    this.settle();
    while (this.wakesAt !== null && this.wakesAt <= until) {
      this.now = this.wakesAt;
      this.settle();
    }
    this.now = instant(until);
    return this.settle();
  }

  notices(): readonly string[] {
    return this.inbox.map(({ id }) => id);
  }

  decisions(period = 1): readonly string[] {
    return this.nudges
      .filter((nudge) => nudge.period === period)
      .map(({ threshold, decision }) => `${threshold} ${decision}`);
  }
}

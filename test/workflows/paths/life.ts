import type { WorkflowHandle } from '@temporalio/client';
import type { PolicyDocument } from '../../../domain/policy/document.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import type { FreeTierState } from '../../../workflows/state.ts';
import { eventually } from '../../setup/eventually.ts';
import { flagged } from '../../setup/flagged.ts';
import type { TestApp, TestProduct } from '../../setup/product.ts';

/** One user of the running product, to be led along a path. */
export class Life {
  readonly product: TestProduct;
  readonly app: TestApp;
  #calls = 0;

  constructor(product: TestProduct, app: TestApp) {
    this.product = product;
    this.app = app;
  }

  get workflow(): WorkflowHandle {
    return this.product.workflowOf(this.app, 'ada');
  }

  async ask(confirmed = true): Promise<string> {
    const { body } = await this.app.call('POST', '/v1/users/ada/sessions', { confirmed });
    return body.session?.id ?? 'none';
  }

  async use(session: string, dollars = 0.01): Promise<void> {
    this.#calls += 1;
    const id = `call-${this.#calls}`;
    await this.app.call('POST', `/v1/sessions/${session}/usage`, { id, cost_usd: dollars });
  }

  async end(session: string): Promise<void> {
    await this.app.call('POST', `/v1/sessions/${session}/end`);
  }

  /** Whole sessions, eight hours apart, the workflow following each. */
  async sessions(many: number): Promise<void> {
    for (let number = 0; number < many; number += 1) {
      const session = await this.ask();
      await this.use(session);
      await this.end(session);
      await this.advance('PT8H');
    }
  }

  /** As in a live app, where sessions lie so far apart that the workflow hears of the end of each. */
  async sessionsToldOfEach(many: number): Promise<void> {
    for (let number = 0; number < many; number += 1) {
      const session = await this.ask();
      await this.stepsDecided();
      await this.use(session);
      await this.end(session);
      await this.advance('PT8H');
      await this.settled();
    }
  }

  /** Months of ten sessions each, with every nudge and their resets. */
  async fullMonths(many: number): Promise<void> {
    for (let month = 0; month < many; month += 1) {
      await this.sessionsToldOfEach(10);
      // Ten sessions take three days and eight hours; with these a month is over, however long it is.
      await this.advance('P27DT22H');
      await this.settled();
    }
  }

  /** Time passes, and whoever is due has acknowledged. */
  async advance(by: string, wait = true): Promise<void> {
    await this.app.call('POST', '/v1/test-clock/advance', { by, wait });
  }

  async signal(name: string, payload: unknown): Promise<void> {
    await this.workflow.signal(name, payload);
  }

  until(holds: (state: FreeTierState) => boolean): Promise<FreeTierState | null> {
    return eventually(
      () => this.workflow.query<FreeTierState>('account').catch(() => null),
      (state) => state !== null && holds(state),
    );
  }

  /** All that the ledger has to tell was taken in and answered. */
  async settled(): Promise<void> {
    await eventually(
      () => this.product.markOf(this.app, 'ada'),
      (mark) => mark !== undefined && mark.send_at === null && mark.acked_seq >= mark.seq,
    );
  }

  /** Each step of the ladder that was reached has been decided, while the session runs that reached it. */
  async stepsDecided(): Promise<void> {
    await eventually(
      () =>
        this.product.database.ledger.pool.query(
          `select from crossings left join nudges using (app_id, user_id, period, threshold)
           where app_id = $1 and decision is null`,
          [this.app.id],
        ),
      ({ rowCount }) => rowCount === 0,
    );
  }

  async isOver(): Promise<void> {
    await eventually(
      () => this.workflow.describe(),
      ({ status }) => status.name === 'COMPLETED',
    );
  }

  /** Flags the user as evidence would, whatever they did; answers the review's id. */
  async flag(to: 'restricted' | 'under_review'): Promise<string> {
    const review = await flagged(this.product, this.app, 'ada', to);
    await this.settled();
    return review;
  }

  query(text: string): Promise<unknown> {
    return this.product.database.ledger.pool.query(text);
  }
}

/** A named way that an account's workflow may go, and must go again whenever its history is replayed. */
export type Path = {
  /** Names the file of its history. */
  readonly name: string;
  readonly shows: string;
  readonly policy?: PolicyDocument;
  readonly play: (life: Life) => Promise<void>;
  /** Which run is kept: the last, unless the path is about an earlier one. */
  readonly run?: 'first';
};

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];

export const policyWith = (
  change: Partial<PolicyDocument['plans'][string]>,
  more: Partial<PolicyDocument> = {},
): PolicyDocument => ({ ...referencePolicy, plans: { free: { ...free, ...change } }, ...more });

export const twoAMonth = { per_day: null, per_month: 2, concurrent: 2, idle_timeout: 'PT30M' };

import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { type Entitlement, firstEntitlement, fold } from '../../domain/account/entitlement.ts';
import { checkInvariants } from '../../ledger/invariants.ts';
import { type CommandRow, commandFromRow } from '../../ledger/rows/command.ts';
import type { FreeTierState } from '../../workflows/state.ts';
import { eventually } from '../setup/eventually.ts';
import type { TestApp, TestProduct } from '../setup/product.ts';

type History = Parameters<typeof historyToJSON>[0];
type Task = { readonly identity: string };
export type FailedTask = Task & { readonly cause: string; readonly failure?: { readonly message: string } };

/** A run of a workflow: its history, who did its tasks, and which of them failed. */
export type Run = {
  readonly workflowId: string;
  readonly history: History;
  readonly workers: ReadonlySet<string>;
  readonly failed: readonly FailedTask[];
};

/** Users of one app, all of whom may do something at once. */
export class Crowd {
  readonly product: TestProduct;
  readonly app: TestApp;
  #calls = 0;

  constructor(product: TestProduct, app: TestApp) {
    this.product = product;
    this.app = app;
  }

  /** Whole sessions, the workflow following each. */
  async sessions(user: string, many: number): Promise<void> {
    for (let number = 0; number < many; number += 1) {
      const asked = await this.app.call('POST', `/v1/users/${user}/sessions`, { confirmed: true });
      if (asked.status !== 201) throw new Error(`${user} was answered ${JSON.stringify(asked.body)}`);
      const { id } = asked.body.session;
      this.#calls += 1;
      await this.app.call('POST', `/v1/sessions/${id}/usage`, { id: `call-${this.#calls}`, cost_usd: 0.01 });
      await this.app.call('POST', `/v1/sessions/${id}/end`);
      await this.#followed(user);
    }
  }

  async #followed(user: string): Promise<void> {
    const owed = () =>
      this.rows(`
        select user_id, seq, acked_seq from outbox
        where app_id = $1 and user_id = '${user}' and seq > acked_seq`);
    await eventually(owed, ({ length }) => length === 0, 30_000);
    await this.anyWorker(user);
  }

  /** Between two tasks the server forgets whose memory holds the workflow: whoever asks first does the next. */
  async anyWorker(...users: readonly string[]): Promise<void> {
    const { workflowService, options } = this.product.client;
    const { namespace } = options;
    for (const user of users) {
      const workflow = this.product.workflowOf(this.app, user);
      await eventually(
        async () => (await workflow.describe()).raw.pendingWorkflowTask ?? null,
        (task) => task === null,
        // What a worker of old code refuses, the server offers again after waits that grow.
        60_000,
      );
      const execution = { workflowId: workflow.workflowId };
      await workflowService.resetStickyTaskQueue({ namespace, execution });
    }
  }

  async until(user: string, holds: (state: FreeTierState) => boolean): Promise<void> {
    const workflow = this.product.workflowOf(this.app, user);
    await eventually(
      () => workflow.query<FreeTierState>('account').catch(() => null),
      (state) => state !== null && holds(state),
    );
  }

  signal(user: string, name: string, more: object = {}): Promise<void> {
    return this.product.workflowOf(this.app, user).signal(name, { by: 'maya', note: 'seen', ...more });
  }

  /** Time passes, and whoever is due has acknowledged. */
  async advance(by: string): Promise<void> {
    const { body } = await this.app.call('POST', '/v1/test-clock/advance', { by });
    if (body.acknowledged !== true) throw new Error('somebody who was due did not acknowledge');
  }

  /** What a query of one parameter, the app, finds. */
  async rows(text: string): Promise<any[]> {
    return (await this.product.database.ledger.pool.query(text, [this.app.id])).rows;
  }

  /** Every promise of the ledger holds, once everything that was told has been taken in. */
  async isSound(): Promise<void> {
    const { pool } = this.product.database.ledger;
    await eventually(
      async () => (await checkInvariants(pool, this.app.id)).filter(({ breaches }) => breaches > 0),
      ({ length }) => length === 0,
    );
  }

  /** What workflows have written beside what the acts of people and billing come to. */
  async entitlements(): Promise<{ written: Entitlement; folded: Entitlement }[]> {
    const accounts = await this.rows('select user_id, entitlement from accounts where app_id = $1');
    const commands = await this.rows(
      "select *, to_jsonb(issued_at) #>> '{}' as issued_at from commands where app_id = $1",
    );
    return accounts.map(({ user_id: user, entitlement: written }) => {
      const own = commands
        .filter((row) => row.user_id === user)
        .map((row: CommandRow) => commandFromRow(row));
      return { written, folded: { ...fold(firstEntitlement, own), version: written.version } };
    });
  }

  async runs(): Promise<Run[]> {
    const runs: Run[] = [];
    const { workflow } = this.product.client;
    for await (const { workflowId, runId } of workflow.list({ query: `App = '${this.app.id}'` })) {
      const history = await workflow.getHandle(workflowId, runId).fetchHistory();
      const { events } = JSON.parse(historyToJSON(history)) as { events: Record<string, any>[] };
      const about = <T>(name: string): T[] =>
        events.flatMap((event) => event[`${name}EventAttributes`] ?? []);
      const workers = new Set(about<Task>('workflowTaskCompleted').map(({ identity }) => identity));
      runs.push({ workflowId, history, workers, failed: about<FailedTask>('workflowTaskFailed') });
    }
    return runs;
  }
}

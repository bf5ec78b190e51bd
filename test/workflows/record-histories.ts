import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freeTierUserType } from '../../workflows/names.ts';
import { eventually } from '../setup/eventually.ts';
import { type TestProduct, startProduct } from '../setup/product.ts';
import { paths } from './paths/index.ts';
import { Life } from './paths/life.ts';

/**
 * `npm run record-histories [-- -t NAME]`: plays the named paths on the running product and keeps the history of each under
 * test/histories, in the folder of the type they ran as. What is kept is never recorded over: it was written by older code, which is what it is good for.
 */
let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

async function firstRun({ workflowId }: WorkflowHandle): Promise<WorkflowHandle> {
  const { client } = product;
  const newest = client.workflow.getHandle(workflowId);
  const { raw } = await newest.describe();
  const runId = raw.workflowExecutionInfo?.firstRunId;
  if (runId === undefined || runId === null) throw new Error(`${workflowId} has no first run`);
  return client.workflow.getHandle(workflowId, runId);
}

type History = { readonly events: readonly { readonly eventType: string }[] };

/** Kept at rest: what is under way would be begun anew whenever it is replayed. */
const isAtRest = ({ events }: History): boolean =>
  !/_SIGNALED|_TASK_SCHEDULED|_TASK_STARTED/.test(events.at(-1)?.eventType ?? '_SIGNALED');

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../histories/${freeTierUserType}/${name}.json`, import.meta.url));

test.each(paths.filter(({ name }) => !existsSync(fileOf(name))))(
  '$name: $shows',
  async ({ name, policy, play, run }) => {
    const life = new Life(product, await product.app(policy));
    await play(life);
    const kept = run === 'first' ? await firstRun(life.workflow) : life.workflow;
    const history = await eventually(
      async () => JSON.parse(historyToJSON(await kept.fetchHistory())) as History,
      isAtRest,
    );
    expect(history.events.length).toBeGreaterThan(3);
    writeFileSync(fileOf(name), `${JSON.stringify(history)}\n`);
  },
);

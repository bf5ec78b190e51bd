import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { referencePolicy } from '../../domain/policy/reference.ts';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import { freeTierUserType } from '../../workflows/names.ts';
import { eventually } from '../setup/eventually.ts';
import { flagged } from '../setup/flagged.ts';
import { type TestProduct, startProduct } from '../setup/product.ts';
import { Crowd, type FailedTask } from './crowd.ts';
import { type Code, newCode, oldCode, startWorkerOn, stopWorkers } from './two-versions.ts';

/*
 * The old code is real, a bundle of 8 kB: today's with `patched` answering false would lack the patches and nothing else,
 * neither the shape of older states nor the older keys of people's acts. Tasks move between the workers because the server is
 * made to forget whose memory holds a workflow; without a cache the SDK would drop local activities that are under way.
 */
let product: TestProduct;
let old: Code;
/** Tasks that old code refuses wait ever longer before another worker has them. */
const whileTasksWait = 180_000;

beforeAll(async () => {
  [product, old] = await Promise.all([startProduct(), oldCode()]);
  await product.stopWorker();
});
afterEach(stopWorkers);
afterAll(() => product.stop());

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
const policyWith = (period: Partial<typeof free.period>): PolicyDocument => ({
  ...referencePolicy,
  plans: {
    free: {
      ...free,
      sessions: { ...free.sessions, per_day: null },
      period: { ...free.period, ...period },
      probation: null,
    },
  },
});

const oneMore = { sessions: 1, until: '2199-01-31T00:00:00Z' };
const regulars = ['ada', 'bob', 'cyd', 'dan'];
const payers = ['pam', 'pip'];
/** Where each stands once its review was decided, or was not. */
const held = { approved: 'good', rejected: 'suspended', decided: 'good', forgotten: 'under_review' };

/** The first month: the whole ladder, upgrades, reviews decided in every way. */
async function firstMonth(crowd: Crowd): Promise<void> {
  await Promise.all([
    crowd.sessions('silent', 1),
    ...regulars.map((user) => crowd.sessions(user, 10)),
    ...payers.map(async (user) => {
      await crowd.sessions(user, 8);
      await crowd.app.call('POST', `/v1/users/${user}/events`, { event: 'upgraded' });
      expect(await product.workflowOf(crowd.app, user).result()).toMatchObject({ ended: 'upgraded' });
    }),
    ...Object.entries(held).map(async ([user, decided]) => {
      await crowd.sessions(user, 2);
      const review = await flagged(product, crowd.app, user, 'under_review');
      await crowd.until(user, ({ entitlement }) => entitlement.reviewId === review);
      await crowd.anyWorker(user);
      if (user === 'approved') await crowd.signal(user, 'approve');
      if (user === 'rejected') await crowd.signal(user, 'reject');
      const decision = { decision: 'approve', note: 'a class' };
      if (user === 'decided') await crowd.app.growth('POST', `/v1/reviews/${review}/decision`, decision);
      await crowd.until(user, ({ entitlement }) => entitlement.standing === decided);
    }),
  ]);
  await crowd.advance('P2DT12H');
  await crowd.anyWorker(...regulars, 'silent', 'forgotten');
  await crowd.signal('forgotten', 'approve');
  await crowd.until('forgotten', ({ entitlement }) => entitlement.standing === 'good');
}

/** The second month, in which the old worker goes: on from states that either of them has carried over. */
async function secondMonth(crowd: Crowd, stopOld: () => Promise<void>): Promise<void> {
  let halfway = false;
  await Promise.all([
    ...regulars.map(async (user) => {
      await crowd.signal(user, 'extend', oneMore);
      await crowd.until(user, ({ entitlement }) => entitlement.modifiers?.length === 1);
      await crowd.sessions(user, 1);
      halfway = true;
      await crowd.sessions(user, 10);
    }),
    (async () => {
      const review = await flagged(product, crowd.app, 'approved', 'restricted');
      await crowd.until('approved', ({ entitlement }) => entitlement.reviewId === review);
      await eventually(
        async () => halfway,
        (reached) => reached,
      );
      await stopOld();
      await crowd.signal('approved', 'approve');
      await crowd.until('approved', ({ entitlement }) => entitlement.standing === 'good');
    })(),
  ]);
}

const expectToldOnce = async (crowd: Crowd): Promise<void> => {
  // With the invariants: each of these was decided once, and each decision to tell has its one notice.
  const steps = await crowd.rows(`
    select user_id, period, array_agg(threshold order by threshold) as steps from nudges
    where app_id = $1 and decision in ('delivered', 'passed') group by 1, 2 order by 1, 2`);
  const ladder = [70, 85, 95, 100];
  expect(steps).toEqual([
    ...regulars.flatMap((user_id) => [1, 2].map((period) => ({ user_id, period, steps: ladder }))),
    ...payers.map((user_id) => ({ user_id, period: 1, steps: [70] })),
  ]);
  const resets = await crowd.rows(`
    select user_id, array_agg(notice_id order by 1) as resets from notices
    where app_id = $1 and kind = 'reset' and user_id = any('{${regulars.join()}}') group by 1 order by 1`);
  expect(resets).toEqual(regulars.map((user_id) => ({ user_id, resets: ['reset-2', 'reset-3'] })));
  const messages = await crowd.rows(`
    select n.user_id, n.notice_id, count(d.delivery_id)::int as messages
    from notices n left join deliveries d using (app_id, user_id, notice_id)
    where n.app_id = $1 group by 1, 2 having count(d.delivery_id) <> 1`);
  expect(messages).toEqual([]);
};

const expectOpenedAndDecidedOnce = async (crowd: Crowd): Promise<void> => {
  const periods = await crowd.rows(`
    select user_id, array_agg(number order by number) as numbers from periods where app_id = $1 group by 1`);
  // Who was silent for the second month hibernates; who was suspended does not.
  for (const { user_id: user, numbers } of periods) {
    const lasts = regulars.includes(user) || user === 'rejected' ? 3 : payers.includes(user) ? 1 : 2;
    expect(numbers, user).toEqual([1, 2, 3].slice(0, lasts));
  }
  const reviews = await crowd.rows(`
    select r.user_id, r.status, array_agg(c.kind order by c.number) as acts
    from reviews r join commands c using (app_id, user_id)
    where r.app_id = $1 and c.details ->> 'reviewId' = r.review_id group by 1, 2, r.opened_at order by 1, r.opened_at`);
  expect(reviews).toEqual([
    { user_id: 'approved', status: 'approved', acts: ['flag', 'approve'] },
    { user_id: 'approved', status: 'approved', acts: ['flag', 'approve'] },
    { user_id: 'decided', status: 'approved', acts: ['flag', 'approve'] },
    { user_id: 'forgotten', status: 'approved', acts: ['flag', 'recheck', 'approve'] },
    { user_id: 'rejected', status: 'rejected', acts: ['flag', 'reject'] },
  ]);
  const reminders = await crowd.rows(`
    select payload ->> 'type' as type, count(*)::int as times from deliveries
    where app_id = $1 and payload ->> 'type' like 'review.%' and user_id = 'forgotten' group by 1 order by 1`);
  expect(reminders).toEqual([
    { type: 'review.due', times: 1 },
    { type: 'review.escalated', times: 1 },
  ]);
};

/** Entitlements are what the acts come to, and nobody was given more than the one extension they were promised. */
const expectActsOnce = async (crowd: Crowd): Promise<void> => {
  for (const { written, folded } of await crowd.entitlements()) {
    expect(written).toEqual(folded);
    expect(written.modifiers?.length ?? 0).toBeLessThan(2);
  }
};

/** What old code does with a run of a type that it does not know: the server gives the task to another. */
const isLeftToNew = ({ identity, failure }: FailedTask): boolean =>
  identity === 'old' && failure?.message.includes(freeTierUserType) === true;

/**
 * What the SDK says of its own cache when a run goes back and forth between two workers: seldom, and the task is done at its
 * next attempt. A run that stayed behind would be missed by all that is expected here.
 */
const wordsOfTheSdk = [
  'Fatal error in workflow machines: Attempted to check for LA marker',
  'Unexpected notifyHasPatch job on non-replay activation',
];

/** No word of the workflow's code: a signal that came in while a task ended the run, or the SDK's own. */
const isOfTemporal = ({ cause, failure }: FailedTask): boolean =>
  cause === 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND' ||
  wordsOfTheSdk.some((words) => failure?.message.startsWith(words) === true);

test(
  'a worker of old code beside the new: nudges, resets and reviews go on, none of them twice',
  async () => {
    const oldWorker = await startWorkerOn(old, product);
    // Runs begin as what both know. Those that follow on the new worker are of the present.
    await startWorkerOn({ ...newCode(), send: old.send }, product);
    const crowd = new Crowd(product, await product.app(policyWith({})));
    await crowd.app.call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/app' });
    await firstMonth(crowd);
    await crowd.advance('P28DT12H');
    await crowd.anyWorker(...regulars, ...Object.keys(held));
    await secondMonth(crowd, oldWorker.stop);
    await crowd.advance('P31D');

    await crowd.isSound();
    await expectToldOnce(crowd);
    await expectOpenedAndDecidedOnce(crowd);
    await expectActsOnce(crowd);
    const runs = await crowd.runs();
    const faults = runs.flatMap(({ failed }) =>
      failed.filter((task) => !isOfTemporal(task) && !isLeftToNew(task)),
    );
    expect(faults).toEqual([]);
    expect(runs.filter(({ workers }) => workers.has('old') && workers.has('new')).length).toBeGreaterThan(5);
    const replays = Worker.runReplayHistories({ workflowBundle: newCode().bundle }, runs);
    for await (const { workflowId, error } of replays) expect(error, workflowId).toBeUndefined();
  },
  whileTasksWait,
);

test(
  'a run of the present is refused by old code, and goes on by the new as if nothing had been',
  async () => {
    const crowd = new Crowd(product, await product.app(policyWith({ announce_reset: 'PT24H' })));
    const newWorker = await startWorkerOn(newCode(), product);
    await Promise.all(regulars.map((user) => crowd.sessions(user, 10)));
    await newWorker.stop();
    await crowd.anyWorker(...regulars);
    const oldWorker = await startWorkerOn(old, product);
    await Promise.all(regulars.map((user) => crowd.signal(user, 'extend', oneMore)));
    const refusals = await eventually(
      async () => (await crowd.runs()).flatMap(({ failed }) => failed),
      ({ length }) => length >= regulars.length,
    );
    for (const { identity, failure } of refusals) {
      expect(identity).toBe('old');
      expect(failure?.message).toContain(freeTierUserType);
    }
    await oldWorker.stop();
    await startWorkerOn(newCode(), product);
    await Promise.all(
      regulars.map(async (user) => {
        await crowd.until(user, ({ entitlement }) => entitlement.modifiers?.length === 1);
        await crowd.sessions(user, 1);
      }),
    );
    await crowd.advance('P31D');
    await crowd.isSound();
    const told = await crowd.rows(`
    select user_id, array_agg(kind order by kind) as kinds from notices where app_id = $1 and kind <> 'nudge'
    group by 1 order by 1`);
    expect(told).toEqual(regulars.map((user_id) => ({ user_id, kinds: ['reset', 'reset_soon'] })));
    await expectActsOnce(crowd);
  },
  whileTasksWait,
);

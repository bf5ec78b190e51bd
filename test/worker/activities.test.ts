import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../activities/create-activities.ts';
import type { ActAnswer } from '../../activities/free-tier-activities.ts';
import { firstEntitlement } from '../../domain/account/entitlement.ts';
import { appId, userId } from '../../domain/ids.ts';
import { readTotals } from '../../ledger/totals.ts';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
let app: TestApp;
const environment = new MockActivityEnvironment();
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
});
afterAll(() => api.stop());

const activities = () => createActivities(api.database.ledger);

async function account(user: string, sessions: number) {
  for (let number = 0; number < sessions; number += 1) {
    const { body } = await app.call('POST', `/v1/users/${user}/sessions`);
    await app.call('POST', `/v1/sessions/${body.session.id}/usage`, {
      id: `${user}-${number}`,
      cost_usd: 0.2,
    });
    await app.call('POST', `/v1/sessions/${body.session.id}/end`);
  }
  const of = { appId: appId(app.id), userId: userId(user) };
  const [totals] = await readTotals(api.database.ledger, [of]);
  const period = totals?.periods[0];
  if (period === undefined) throw new Error('no period');
  return { of, period };
}

test('a notice delivered twice is in the inbox once', async () => {
  const { of, period } = await account('ada', 1);
  const notice = { kind: 'reset' as const, period: 1, before: { sessionsUsed: 1, sessionsLimit: 10 } };
  const request = { ...of, period, nudges: [], notice };
  await environment.run(activities().deliverToInbox, request);
  await environment.run(activities().deliverToInbox, request);
  expect((await app.call('GET', '/v1/users/ada/inbox')).body.notices).toHaveLength(1);
});

test('how late a nudge is, is told once, and of nothing else', async () => {
  const { of, period } = await account('dora', 1);
  await api.database.ledger.pool.query(
    `insert into crossings (app_id, user_id, period, threshold, dimension, crossed_at)
     values ($1, $2, 1, 70, 'sessions', now() - interval '2 seconds')`,
    [of.appId, of.userId],
  );
  const late: number[] = [];
  const { deliverToInbox } = createActivities(api.database.ledger, {
    onNudge: (seconds) => late.push(seconds),
  });
  const nudge = { kind: 'nudge' as const, period: 1, threshold: 70, dimension: 'sessions' as const };
  const reset = { kind: 'reset' as const, period: 1, before: { sessionsUsed: 1, sessionsLimit: 10 } };
  for (const notice of [nudge, nudge, reset])
    await environment.run(deliverToInbox, { ...of, period, nudges: [], notice });
  expect(late).toHaveLength(1);
  expect(late[0]).toBeGreaterThanOrEqual(2);
  expect(late[0]).toBeLessThan(60);
});

test('a notice is in the language that the account speaks when it is told', async () => {
  const { of, period } = await account('carla', 1);
  await app.call('PUT', '/v1/users/carla', { locale: 'de-AT' });
  const notice = { kind: 'reset' as const, period: 1, before: { sessionsUsed: 1, sessionsLimit: 10 } };
  await environment.run(activities().deliverToInbox, { ...of, period, nudges: [], notice });
  expect((await app.call('GET', '/v1/users/carla/inbox')).body.notices[0].text).toBe(
    'Ihr kostenloses Kontingent ist wieder da: 10 KI-Sitzungen. Beim letzten Mal haben Sie 1 von 10 genutzt.',
  );
});

test('an entitlement written late changes nothing: a newer one stands', async () => {
  const { of } = await account('bob', 1);
  const newer = { ...firstEntitlement, version: 2, standing: 'suspended' as const };
  const older = { ...firstEntitlement, version: 1 };
  await environment.run(activities().writeEntitlement, { ...of, entitlement: newer });
  const standing = await environment.run(activities().writeEntitlement, { ...of, entitlement: older });
  expect(standing).toMatchObject({ version: 2, standing: 'suspended' });
  expect((await app.call('POST', '/v1/users/bob/sessions')).body.limited_by).toBe('suspended');
});

test('an account that the ledger does not know is not brought to life', async () => {
  const of = { appId: appId(app.id), userId: userId('nobody') };
  expect(await environment.run(activities().openPeriod, of)).toBeNull();
  expect((await app.call('GET', '/v1/users/nobody/usage')).status).toBe(404);
});

test('the same act recorded twice is one command', async () => {
  const { of } = await account('eve', 1);
  const act = { decision: 'approve' as const, by: 'grace', note: '', key: 'signal-1' };
  const record = (): Promise<ActAnswer> => environment.run(activities().recordAct, { ...of, act });
  const first = await record();
  const second = await record();
  expect(first.unchanged).toBe('no_review');
  expect(second.totals.commands).toEqual(first.totals.commands);
});

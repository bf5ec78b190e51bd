import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { checkInvariants } from '../../ledger/invariants.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { type Reply, request } from '../setup/product.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type Program, killPrograms, startProgram } from './children.ts';

/** So that the processes that start have something left of two cores. */
const betweenVisitsMs = 250;

let database: TestDatabase;
let balancer: Balancer;
let key: string;
const app = `rolling-${crypto.randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.createApp(app);
  key = (await issueApiKey(database.ledger.pool, { appId: app, mode: 'sandbox', scopes: ['app'] })).secret;
  balancer = await startBalancer();
});
afterEach(killPrograms);
afterAll(async () => {
  balancer.stop();
  await database.drop();
});

type Told = { sessions: string[]; events: string[]; requests: number; again: number };

/** As every client of HTTP must: a connection that was closed under a request is followed by the same request, under its key. */
async function post(told: Told, path: string, body: unknown): Promise<Reply> {
  const headers = { 'idempotency-key': crypto.randomUUID() };
  told.requests += 1;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      return await request(balancer.url + path, 'POST', key, body, headers);
    } catch {
      told.again += 1;
    }
  }
  throw new Error(`POST ${path} got no connection three times in a row`);
}

/** A user's visit, over and over, until it is told to stop. Any answer but a good one ends the test. */
async function visitAll(told: Told, name: string, goesOn: () => boolean): Promise<void> {
  for (let number = 0; goesOn(); number += 1) {
    const user = `${name}-${number}`;
    const started = await post(told, `/v1/users/${user}/sessions`, {});
    expect(started.status, JSON.stringify(started.body)).toBe(201);
    const { id } = started.body.session;
    told.sessions.push(id);
    const event = `event-of-${user}`;
    const used = await post(told, `/v1/sessions/${id}/usage`, { id: event, cost_usd: 0.01 });
    expect(used.status, JSON.stringify(used.body)).toBe(200);
    told.events.push(event);
    const ended = await post(told, `/v1/sessions/${id}/end`, {});
    expect(ended.status, JSON.stringify(ended.body)).toBe(200);
    await delay(betweenVisitsMs);
  }
}

const count = async (text: string): Promise<number> =>
  (await database.ledger.pool.query(text, [app])).rows[0].n;

test('two APIs and two workers are replaced one by one under load: no request fails, nothing is lost or doubled', async () => {
  const around = {
    databaseUrl: database.url,
    temporalAddress: inject('temporalAddress'),
    taskQueue: `test-${crypto.randomUUID()}`,
    bundlePath: inject('workflowBundlePath'),
  };
  const start = (name: 'api' | 'worker') => startProgram(name, around);
  const two = (name: 'api' | 'worker'): Promise<Program[]> => Promise.all([start(name), start(name)]);
  const started = await Promise.all([two('api'), two('worker')]);
  let [apis, workers] = started;
  balancer.set(apis.map(({ port }) => port));
  const told: Told = { sessions: [], events: [], requests: 0, again: 0 };
  let goesOn = true;
  const load = Promise.all(['a', 'b', 'c', 'd'].map((name) => visitAll(told, name, () => goesOn)));
  const replace = async (name: 'api' | 'worker', all: Program[]): Promise<Program[]> => {
    const [oldest, ...rest] = all;
    const next = [...rest, await start(name)];
    if (name === 'api')
      balancer.set([...next, ...(oldest === undefined ? [] : [oldest])].map(({ port }) => port));
    expect(await oldest?.terminate(), oldest?.output()).toBe(0);
    if (name === 'api') balancer.set(next.map(({ port }) => port));
    return next;
  };
  const restarts = async (): Promise<void> => {
    for (let round = 0; round < 2; round += 1) {
      apis = await replace('api', apis);
      workers = await replace('worker', workers);
    }
    await delay(500);
  };
  await Promise.race([restarts(), load]);
  goesOn = false;
  await load;

  expect(told.requests).toBeGreaterThan(100);
  // Only a request that was on its way on a connection that fell idle can meet its end.
  expect(told.again).toBeLessThan(told.requests / 20);
  expect(await count('select count(*) as n from sessions where app_id = $1')).toBe(told.sessions.length);
  expect(await count('select count(*) as n from usage_events where app_id = $1')).toBe(told.events.length);
  const broken = async () =>
    (await checkInvariants(database.ledger.pool, app)).filter(({ breaches }) => breaches > 0);
  // The last of them is that every workflow has acknowledged all it was told.
  await eventually(broken, (left) => left.length === 0, 30_000);
  for (const one of [...apis, ...workers]) expect(await one.terminate(), one.output()).toBe(0);
}, 90_000);

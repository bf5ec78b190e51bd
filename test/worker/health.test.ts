import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { waitUntil } from '../../local/wait-until.ts';
import { createPool } from '../../ledger/pool.ts';
import { type Health, serveHealth } from '../../worker/health.ts';
import { startPolling, stuckLoop } from '../../worker/polling.ts';
import { Readiness } from '../../worker/readiness.ts';
import { createTestDatabase } from '../setup/database.ts';
import { quiet } from '../setup/product.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function ask(path: string, health: Partial<Health>): Promise<string> {
  const whole: Health = {
    stuck: () => null,
    fault: async () => null,
    registry: new Registry(),
    sdk: async () => '',
    ...health,
  };
  const server = await serveHealth(whole, '127.0.0.1', 0);
  open.push(server);
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  return `${response.status} ${await response.text()}`;
}

test('a worker that can do its work is alive and ready', async () => {
  expect(await ask('/healthz', {})).toBe('200 alive\n');
  expect(await ask('/readyz', {})).toBe('200 ready\n');
});

test('one that cannot says why, and lives on', async () => {
  const fault = async () => 'Temporal does not answer';
  expect(await ask('/readyz', { fault })).toBe('503 not ready: Temporal does not answer\n');
  expect(await ask('/healthz', { fault })).toBe('200 alive\n');
});

test('one with a loop that hangs is to be started again', async () => {
  expect(await ask('/healthz', { stuck: () => 'relay' })).toBe('503 the loop "relay" hangs\n');
});

test('a loop hangs once its work has not come back for a quarter of an hour', async () => {
  let finish = (): void => {};
  const work = () => new Promise<number>((resolve) => (finish = () => resolve(0)));
  const loop = startPolling({ name: 'relay', log: quiet, work, busyMs: 1, idleMs: 1 });
  expect(stuckLoop([loop])).toBeNull();
  expect(stuckLoop([loop], Date.now() + 16 * 60_000)).toBe('relay');
  const stopped = loop.stop();
  finish();
  await stopped;
});

test('a loop that is woken looks again at once, however long it would have rested', async () => {
  let turns = 0;
  const work = async () => {
    turns += 1;
    return 0;
  };
  const loop = startPolling({ name: 'dispatcher', log: quiet, work, busyMs: 1, idleMs: 60_000 });
  // Each rest is twice as long as the one before: by itself the twentieth turn is half an hour away.
  for (let turn = 1; turn <= 20; turn += 1) {
    await waitUntil(() => turns >= turn, { timeoutMs: 5_000, everyMs: 1 });
    loop.wake();
  }
  await loop.stop();
  expect(turns).toBeGreaterThanOrEqual(20);
});

test('what the SDK counts is told with ours', async () => {
  const sdk = async () => 'temporal_sticky_cache_size 3\n';
  expect(await ask('/metrics', { sdk })).toContain('\ntemporal_sticky_cache_size 3\n');
});

test('ready is who has the ledger with every migration, and Temporal, and is not stopping', async () => {
  const nowhere = createPool('postgres://nobody@127.0.0.1:1/none');
  expect(await new Readiness(nowhere).fault()).toBe('the ledger does not answer');
  await nowhere.end();
  const database = await createTestDatabase();
  const readiness = new Readiness(database.ledger.pool);
  expect(await readiness.fault()).toBe('it waits for Temporal');
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  readiness.works({
    client: new Client({ connection }),
    native: {} as NativeConnection,
    namespace: 'default',
    close: async () => {},
  });
  expect(await readiness.fault()).toBe('Temporal does not answer');
  readiness.stops();
  expect(await readiness.fault()).toBe('it is stopping');
  await connection.close();
  await database.drop();
});

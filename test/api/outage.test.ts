import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApi } from '../../api/app.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { freePort } from '../../local/ports.ts';
import { quiet, request } from '../setup/product.ts';

let url: string;
let stop: () => Promise<void>;
beforeAll(async () => {
  const ledger = openLedger(`postgres://nobody:nothing@127.0.0.1:${await freePort()}/nowhere`);
  const workflows = { decide: () => Promise.resolve(null) };
  const server = createApi({ ledger, workflows, log: quiet }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = async () => {
    server.closeAllConnections();
    server.close();
    await ledger.close();
  };
});
afterAll(() => stop());

test('without Postgres a request is answered 503 with Retry-After and no word of Postgres', async () => {
  const reply = await request(`${url}/v1/users/ada/sessions`, 'POST', 'sk_sandbox_0_0');
  expect(reply.status).toBe(503);
  expect(reply.headers.get('retry-after')).not.toBeNull();
  expect(JSON.stringify(reply.body)).not.toMatch(/postgres|ECONNREFUSED|127\.0\.0\.1/i);
});

test('without Postgres the API is alive and not ready', async () => {
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
});

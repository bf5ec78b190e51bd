import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import { queueWebhooks } from '../../ledger/deliveries.ts';
import { Dispatcher } from '../../worker/dispatcher.ts';
import { eventually } from '../setup/eventually.ts';
import { quiet, type TestApi, type TestApp, startApi } from '../setup/product.ts';

type Received = { readonly headers: IncomingMessage['headers']; readonly body: string };

let api: TestApi;
let app: TestApp;
let receiver: Server;
let received: Received[];
let answers: number[];
let secret: string;

beforeEach(async () => {
  received = [];
  answers = [];
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  api = await startApi();
  app = await api.app();
  const { port } = receiver.address() as AddressInfo;
  const made = await app.call('POST', '/v1/webhooks', { url: `http://127.0.0.1:${port}/hook` });
  secret = made.body.secret;
});
afterEach(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await api.stop();
});

const queue = (id = 'msg_1') =>
  queueWebhooks(
    api.database.ledger.pool,
    { appId: appId(app.id), userId: userId('ada') },
    {
      id,
      noticeId: `notice-of-${id}`,
      event: 'allowance.nudge',
      payload: { type: 'allowance.nudge', data: { user: 'ada' } },
    },
  );
const dispatcher = () =>
  new Dispatcher({
    db: api.database.ledger.pool,
    openSecret: api.database.ledger.secrets.open,
    log: quiet,
  });
const dispatch = async () => {
  const one = dispatcher();
  const begun = await one.dispatchDue();
  await one.drained();
  return begun;
};
const dueNow = () =>
  api.database.ledger.pool.query(
    'update deliveries set next_attempt_at = now() where next_attempt_at is not null',
  );

test('a message arrives once, signed so that the standard library verifies it', async () => {
  await queue();
  await queue();
  expect(await dispatch()).toBe(1);
  expect(await dispatch()).toBe(0);
  const [message] = received;
  expect(received).toHaveLength(1);
  const verified = new Webhook(secret).verify(
    message?.body ?? '',
    message?.headers as Record<string, string>,
  );
  expect(verified).toMatchObject({ type: 'allowance.nudge', data: { user: 'ada' } });
  expect(message?.headers['webhook-id']).toBe('msg_1');
});

test('an endpoint that fails is tried again with the same id until it takes the message', async () => {
  answers = [500, 503];
  await queue();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await dispatch();
    await dueNow();
  }
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_1', 'msg_1']);
  expect(await dispatch()).toBe(0);
});

test('an endpoint that answers 410 is asked no more', async () => {
  answers = [410];
  await queue();
  await dispatch();
  await dueNow();
  expect(await dispatch()).toBe(0);
  expect(received).toHaveLength(1);
});

test('a redirect is not followed', async () => {
  answers = [302];
  await queue();
  await dispatch();
  expect(received).toHaveLength(1);
});

test('an endpoint that answers 410 is switched off for all that follows', async () => {
  answers = [410];
  await queue();
  await dispatch();
  const { webhooks } = (await app.call('GET', '/v1/webhooks')).body;
  expect(webhooks).toMatchObject([{ enabled: false }]);
});

test('each endpoint gets what it asked for, one message under one id at all of them', async () => {
  const { port } = receiver.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/second`;
  await app.call('POST', '/v1/webhooks', { url, events: ['allowance.nudge'] });
  await app.call('POST', '/v1/webhooks', { url, events: ['review.due'] });
  await queue();
  expect(await dispatch()).toBe(2);
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_1']);
});

test('while a secret is rotated the old one and the new one verify the same message', async () => {
  const [{ id }] = (await app.call('GET', '/v1/webhooks')).body.webhooks;
  const rotated = await app.call('POST', `/v1/webhooks/${id}/rotate`, { overlap: 'PT1H' });
  await queue();
  await dispatch();
  const [message] = received;
  for (const one of [secret, rotated.body.secret]) {
    const verified = new Webhook(one).verify(message?.body ?? '', message?.headers as Record<string, string>);
    expect(verified).toMatchObject({ type: 'allowance.nudge' });
  }
  expect(rotated.body.secret).not.toBe(secret);
});

test('five failures in a row open the circuit: what waits is no attempt, and one message goes ahead afterwards', async () => {
  const { pool } = api.database.ledger;
  answers = Array.from({ length: 5 }, () => 500);
  for (let number = 0; number < 9; number += 1) await queue(`msg_${number}`);
  for (let round = 0; round < 5; round += 1) {
    await pool.query(
      `update deliveries set next_attempt_at = case delivery_id when (select min(delivery_id) from deliveries) then now() else now() + interval '1 hour' end`,
    );
    expect(await dispatch()).toBe(1);
  }
  await dueNow();
  expect(await dispatch()).toBe(0);
  expect((await app.call('GET', '/v1/webhooks')).body.webhooks).toMatchObject([{ failures_in_a_row: 5 }]);
  await pool.query('update webhook_endpoints set paused_until = now()');
  expect(await dispatch()).toBe(1);
  expect(await dispatch()).toBe(8);
  expect(received).toHaveLength(5 + 9);
});

test('an endpoint that hangs keeps its own few places: the others get everything meanwhile', async () => {
  const open: (() => void)[] = [];
  const hanging = createServer((_request, response) => void open.push(() => response.writeHead(204).end()));
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
  const { port } = hanging.address() as AddressInfo;
  await app.call('POST', '/v1/webhooks', { url: `http://127.0.0.1:${port}/`, events: ['allowance.nudge'] });
  for (let number = 0; number < 40; number += 1) await queue(`msg_${number}`);
  const one = dispatcher();
  await eventually(
    async () => {
      await one.dispatchDue();
      return received.length;
    },
    (arrived) => arrived === 40,
  );
  expect(open).toHaveLength(8);
  hanging.closeAllConnections();
  hanging.close();
  await one.drained();
});

test('a delivery is logged with what became of it, and can be sent again under its id', async () => {
  answers = [500];
  await queue();
  await dispatch();
  const [failed] = (await app.call('GET', '/v1/deliveries?status=pending')).body.deliveries;
  expect(failed).toMatchObject({
    message: 'msg_1',
    event: 'allowance.nudge',
    user: 'ada',
    attempts: 1,
    last_error: 'the endpoint answered 500',
  });
  expect((await app.call('POST', `/v1/deliveries/${failed.id}/resend`)).status).toBe(202);
  await dispatch();
  expect((await app.call('GET', '/v1/deliveries')).body.deliveries).toMatchObject([{ status: 'delivered' }]);
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_1']);
});

test('a test message arrives as what it is', async () => {
  const [{ id }] = (await app.call('GET', '/v1/webhooks')).body.webhooks;
  expect((await app.call('POST', `/v1/webhooks/${id}/test`)).status).toBe(202);
  await dispatch();
  expect(JSON.parse(received[0]?.body ?? '{}')).toMatchObject({ type: 'test', data: { endpoint: id } });
});

test('a host that leads to where nothing may be sent is not connected to', async () => {
  const { pool } = api.database.ledger;
  await pool.query("update apps set mode = 'live'");
  // A name that was public when it was registered, and is not any more.
  await pool.query("update webhook_endpoints set url = 'https://localhost.example.invalid/'");
  await queue();
  await dispatch();
  await pool.query(
    "update webhook_endpoints set url = 'https://127.0.0.1/', failures = 0, paused_until = null",
  );
  await dueNow();
  await dispatch();
  const [failed] = (await app.call('GET', '/v1/deliveries')).body.deliveries;
  expect(failed).toMatchObject({ status: 'failed', last_error: expect.stringContaining('127.0.0.1') });
  expect(received).toHaveLength(0);
});

test.each([
  [{ url: 'http://169.254.169.254/' }, '/url'],
  [{ url: 'https://example.com/', events: ['everything'] }, '/events/0'],
  [{ url: 'https://example.com/', events: [] }, '/events'],
])('%j is refused with the field named', async (body, pointer) => {
  const { status, body: problem } = await app.call('POST', '/v1/webhooks', body);
  expect(status).toBe(400);
  expect(problem.errors[0].pointer).toBe(pointer);
});

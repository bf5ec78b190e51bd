import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import { queueDelivery } from '../../ledger/deliveries.ts';
import { dispatchDue } from '../../worker/dispatcher.ts';
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
  const made = await app.call('PUT', '/v1/webhook', { url: `http://127.0.0.1:${port}/hook` });
  secret = made.body.secret;
});
afterEach(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await api.stop();
});

const queue = (id = 'msg_1') =>
  queueDelivery(api.database.ledger.pool, { appId: appId(app.id), userId: userId('ada') }, 'webhook', {
    id,
    noticeId: 'nudge-1-85',
    payload: { type: 'allowance.nudge', data: { user: 'ada' } },
  });
const dispatch = () => dispatchDue(api.database.ledger.pool, quiet);
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

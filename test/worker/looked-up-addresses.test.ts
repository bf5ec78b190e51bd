import { type Server, createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type * as dns from 'node:dns';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { postWebhook } from '../../delivery/post-webhook.ts';
import type { AppMode } from '../../domain/app-mode.ts';

/** What names lead to in this file: an answer for each look-up in turn, the last one for good. */
const zone = vi.hoisted(() => ({ answers: [] as string[][], lookups: 0 }));
vi.mock('node:dns', async (original) => ({
  ...(await original<typeof dns>()),
  lookup: (_name: string, _options: object, callback: (error: null, found: object[]) => void) => {
    const answer = zone.answers[Math.min(zone.lookups, zone.answers.length - 1)] ?? [];
    zone.lookups += 1;
    callback(
      null,
      answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  },
}));

let receiver: Server;
let posts: string[];
let location: { status: number; to: string } | null;
/** Counts who so much as connects. */
const guarded = createTcpServer((socket) => {
  connections += 1;
  socket.destroy();
});
let connections = 0;
const portOf = (server: { address: () => unknown }) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    posts.push(request.headers.host ?? '');
    response.setHeader('connection', 'close');
    if (location === null) response.writeHead(204).end();
    else response.writeHead(location.status, { location: location.to }).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => guarded.listen(0, () => resolve()));
});
beforeEach(() => {
  posts = [];
  location = null;
  connections = 0;
  Object.assign(zone, { answers: [], lookups: 0 });
});
afterAll(() => {
  receiver.close();
  guarded.close();
});

const post = (url: string, mode: AppMode) =>
  postWebhook({
    id: 'msg_1',
    url,
    secrets: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`],
    payload: {},
    mode,
  });

const privateAnswers = [
  ['loopback', ['127.0.0.1']],
  ['loopback in IPv6', ['::1']],
  ['loopback that is mapped', ['::ffff:127.0.0.1']],
  ['loopback as IPv6 once had it', ['::127.0.0.1']],
  ['this network', ['10.1.2.3']],
  ['a neighbour', ['192.168.0.1']],
  ['a unique local address', ['fd00::1']],
  ['a public address beside loopback', ['93.184.216.34', '127.0.0.1']],
  ['a public address beside a private one in IPv6', ['2606:2800:220:1::1', 'fc00::1']],
] as const;
const neverAnswers = [
  ['the cloud’s metadata', ['169.254.169.254']],
  ['the cloud’s metadata, mapped', ['::ffff:a9fe:a9fe']],
  ['the cloud’s metadata through NAT64', ['64:ff9b::a9fe:a9fe']],
  ['the cloud’s metadata through 6to4', ['2002:a9fe:a9fe::1']],
  ['the cloud’s metadata in IPv6', ['fd00:ec2::254']],
  ['the cloud’s metadata beside an honest address', ['127.0.0.1', '169.254.169.254']],
  ['a link-local address', ['fe80::1']],
  ['every address', ['0.0.0.0']],
  ['shared space', ['100.64.0.1']],
  ['a group', ['224.0.0.1']],
  ['no address', []],
] as const;

describe('a public name that is found at delivery to lead to', () => {
  test.each([
    ...[...privateAnswers, ...neverAnswers].map(([what, found]) => [what, 'live', 'https', found] as const),
    ...neverAnswers.map(([what, found]) => [what, 'sandbox', 'http', found] as const),
  ])('%s is not connected to, %s app', async (_what, mode, scheme, found) => {
    zone.answers = [[...found]];
    const outcome = await post(`${scheme}://hooks.example.com:${portOf(guarded)}/`, mode);
    expect(outcome).toMatchObject({
      kind: 'again',
      error: expect.stringMatching(/^no answer: hooks\.example\.com (leads to .*not public|has no address)$/),
    });
    expect([zone.lookups, connections]).toEqual([1, 0]);
  });

  test('this machine, for a sandbox, is connected to: the table above could fail', async () => {
    zone.answers = [['127.0.0.1']];
    expect(await post(`http://hooks.example.com:${portOf(receiver)}/`, 'sandbox')).toEqual({
      kind: 'delivered',
    });
    expect(posts).toEqual([`hooks.example.com:${portOf(receiver)}`]);
  });
});

test('a name is judged anew at every connection, by the one look-up that the connection is made from', async () => {
  zone.answers = [['127.0.0.1'], ['169.254.169.254']];
  const url = `http://rebound.example.com:${portOf(receiver)}/`;
  expect(await post(url, 'sandbox')).toEqual({ kind: 'delivered' });
  expect(zone.lookups).toBe(1);
  expect(await post(url, 'sandbox')).toMatchObject({
    kind: 'again',
    error: expect.stringContaining('169.254.169.254'),
  });
  expect([zone.lookups, posts.length]).toEqual([2, 1]);
});

describe.each([301, 302, 303, 307, 308])('a redirect with %d', (status) => {
  test.each([
    ['this machine', () => `http://127.0.0.1:${portOf(guarded)}/`],
    ['the cloud’s metadata', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a file', () => 'file:///etc/passwd'],
    ['gopher', () => `gopher://127.0.0.1:${portOf(guarded)}/_x`],
    ['itself', () => '/again'],
    ['a name that leads to metadata', () => 'http://metadata.example.com/'],
  ])('to %s is not followed: the message is tried again where it belongs', async (_where, to) => {
    zone.answers = [['127.0.0.1']];
    location = { status, to: to() };
    const outcome = await post(`http://hooks.example.com:${portOf(receiver)}/`, 'sandbox');
    expect(outcome).toMatchObject({ kind: 'again', error: `the endpoint answered ${status}` });
    expect([posts.length, connections]).toEqual([1, 0]);
    expect(zone.lookups).toBe(1);
  });
});

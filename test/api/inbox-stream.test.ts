import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type InboxStreams, createInboxStreams } from '../../api/inbox-streams.ts';
import { appId, userId } from '../../domain/ids.ts';
import { storeNudges } from '../../ledger/nudges.ts';
import { quiet, type TestApi, type TestApp, request, startApi } from '../setup/product.ts';

let api: TestApi;
let app: TestApp;
const opened: AbortController[] = [];
const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 20 });

beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  app = await api.app();
  await app.call('PUT', '/v1/users/ada', {});
});
afterEach(() => {
  for (const one of opened.splice(0)) one.abort();
});
afterAll(() => api.stop());

const account = () => ({ appId: appId(app.id), userId: userId('ada') });

/** As the account's workflow does. */
const tell = (id: string, of = account()) =>
  storeNudges(api.database.ledger.pool, of, {
    nudges: [],
    arm: null,
    accounted: [],
    notice: { id, kind: 'nudge', threshold: 70, period: 1, text: `text of ${id}` },
  });

type Listener = {
  readonly status: number;
  readonly received: any[];
  readonly ids: string[];
  isOver: boolean;
};

/** What a browser's EventSource would see. */
async function listen(
  url = `${api.url}/v1/users/ada/inbox/stream`,
  headers: Record<string, string> = { authorization: `Bearer ${app.key}` },
): Promise<Listener> {
  const stop = new AbortController();
  opened.push(stop);
  const response = await fetch(url, { headers, signal: stop.signal });
  const listener: Listener = { status: response.status, received: [], ids: [], isOver: false };
  const take = (block: string): void => {
    const line = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    if (line('event') !== 'notice') return;
    listener.received.push(JSON.parse(line('data') ?? 'null'));
    listener.ids.push(line('id') ?? '');
  };
  const readOn = async (): Promise<void> => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) take(block);
    }
  };
  void readOn()
    .catch(() => {})
    .finally(() => {
      listener.isOver = true;
    });
  return listener;
}

const idsOf = ({ received }: Listener): string[] => received.map(({ id }) => id);

describe('a stream', () => {
  test('begins with what was neither seen nor dismissed and goes on with what comes', async () => {
    await tell('old');
    await tell('seen');
    await app.call('POST', '/v1/users/ada/inbox/seen/seen');
    const listener = await listen();
    await soon(() => expect(idsOf(listener)).toEqual(['old']));
    await tell('new');
    await soon(() => expect(idsOf(listener)).toEqual(['old', 'new']));
    expect(listener.received[1]).toMatchObject({ kind: 'nudge', text: 'text of new', seen_at: null });
  });

  test('goes on after the event that was received last: nothing twice, nothing lost', async () => {
    const first = await listen();
    await tell('one');
    await soon(() => expect(idsOf(first)).toEqual(['one']));
    for (const one of opened.splice(0)) one.abort();
    await tell('two');
    await tell('three');
    await app.call('POST', '/v1/users/ada/inbox/two/seen');
    const second = await listen(undefined, {
      authorization: `Bearer ${app.key}`,
      'last-event-id': first.ids[0] ?? '',
    });
    await soon(() => expect(idsOf(second)).toEqual(['two', 'three']));
  });

  test('tells nobody of another user, or of one of the same name in another app', async () => {
    const other = await api.app();
    await other.call('PUT', '/v1/users/ada', {});
    await app.call('PUT', '/v1/users/bob', {});
    const listener = await listen();
    await tell('of bob', { appId: appId(app.id), userId: userId('bob') });
    await tell('of another app', { appId: appId(other.id), userId: userId('ada') });
    await tell('of ada');
    await soon(() => expect(idsOf(listener)).toEqual(['of ada']));
  });

  test('loses nothing when the connection that listens is killed', async () => {
    const listener = await listen();
    const { pool } = api.database.ledger;
    await tell('before');
    await soon(() => expect(idsOf(listener)).toEqual(['before']));
    const killed = await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen stipend%' and datname = current_database()",
    );
    expect(killed.rowCount).toBeGreaterThan(0);
    await tell('while nobody listened');
    await soon(() => expect(idsOf(listener)).toEqual(['before', 'while nobody listened']));
    await tell('after');
    await soon(() => expect(idsOf(listener)).toContain('after'));
  });

  test('takes a user’s token in its address, as a browser sends it', async () => {
    const { body } = await app.call('POST', '/v1/users/ada/tokens', {});
    const listener = await listen(
      `${api.url}/v1/users/ada/inbox/stream?access_token=${encodeURIComponent(body.token)}`,
      {},
    );
    expect(listener.status).toBe(200);
    await tell('to a browser');
    await soon(() => expect(idsOf(listener)).toEqual(['to a browser']));
    const elsewhere = await fetch(`${api.url}/v1/users/ada/usage?access_token=${body.token}`);
    expect(elsewhere.status).toBe(401);
  });

  test('ends when the user is erased', async () => {
    const listener = await listen();
    const { pool } = api.database.ledger;
    await pool.query("delete from accounts where app_id = $1 and user_id = 'ada'", [app.id]);
    await pool.query("select pg_notify('stipend_notices', $1 || '/ada')", [app.id]);
    await soon(() => expect(listener.isOver).toBe(true));
  });

  test('is refused for a user that is not there and a position that is none', async () => {
    const path = `${api.url}/v1/users/nobody/inbox/stream`;
    expect((await request(path, 'GET', app.key)).status).toBe(404);
    const bad = await request(`${api.url}/v1/users/ada/inbox/stream`, 'GET', app.key, undefined, {
      'last-event-id': 'x; drop table',
    });
    expect(bad).toMatchObject({ status: 400, body: { errors: [{ parameter: 'Last-Event-ID' }] } });
  });
});

describe('streams of a process', () => {
  let streams: InboxStreams;
  let url: string;
  let stopServer: () => void;
  beforeEach(async () => {
    streams = createInboxStreams(api.database.ledger, quiet, { ofUser: 2, ofProcess: 3 });
    const server = createServer((_request, response) => streams.open(account(), null, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    stopServer = () => {
      server.closeAllConnections();
      server.close();
    };
  });
  afterEach(() => {
    streams.close();
    stopServer();
  });

  test('are as many as may be: a user’s, then everybody’s, and a place is free once one has gone', async () => {
    const bob = { appId: appId(app.id), userId: userId('bob') };
    await listen(url, {});
    streams.admit(account());
    await listen(url, {});
    expect(() => streams.admit(account())).toThrow(/This user has 2/);
    streams.admit(bob);
    await listen(url, {});
    expect(() => streams.admit(bob)).toThrow(/This process has 3/);
    opened.pop()?.abort();
    await soon(() => expect(streams.count()).toBe(2));
    streams.admit(bob);
  });

  test('are ended by the process that stops, and it lets its connection go', async () => {
    const listener = await listen(url, {});
    expect(streams.count()).toBe(1);
    streams.close();
    await soon(() => expect(listener.isOver).toBe(true));
    expect(streams.count()).toBe(0);
  });
});

describe('the inbox', () => {
  test('leaves out what was dismissed unless it is asked for, and dismissing keeps the first time', async () => {
    await tell('one');
    await tell('two');
    const first = await app.call('POST', '/v1/users/ada/inbox/one/dismissed');
    expect(first.body.dismissed_at).not.toBeNull();
    expect(first.body.seen_at).toBe(first.body.dismissed_at);
    expect((await app.call('POST', '/v1/users/ada/inbox/one/dismissed')).body).toEqual(first.body);
    const shown = await app.call('GET', '/v1/users/ada/inbox');
    expect(shown.body.notices.map(({ id }: any) => id)).toEqual(['two']);
    const all = await app.call('GET', '/v1/users/ada/inbox?include=dismissed');
    expect(all.body.notices.map(({ id }: any) => id).toSorted()).toEqual(['one', 'two']);
  });

  test('is read in pages that leave nothing out', async () => {
    for (let n = 0; n < 7; n += 1) await tell(`n${n}`);
    const seen: string[] = [];
    let path = '/v1/users/ada/inbox?limit=3';
    for (let pages = 0; pages < 5; pages += 1) {
      const { body } = await app.call('GET', path);
      seen.push(...body.notices.map(({ id }: any) => id));
      if (body.next === null) break;
      path = `/v1/users/ada/inbox?limit=3&after=${body.next}`;
    }
    expect(seen).toEqual(['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0']);
  });
});

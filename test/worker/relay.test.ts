import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import type { AccountTotals } from '../../domain/totals.ts';
import { type Lane, acknowledgeMark, claimMarks } from '../../ledger/outbox.ts';
import { adoptNamespace } from '../../ledger/temporal-namespace.ts';
import { relayOf } from '../../worker/relay.ts';
import type { Sent } from '../../worker/send-totals.ts';
import { quiet, type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
let app: TestApp;
beforeEach(async () => {
  api = await startApi();
  app = await api.app();
});
afterEach(() => api.stop());

/** A relay whose Temporal is a list; `outcome` says what becomes of each. */
function relayInto(
  sent: AccountTotals[],
  outcome: (totals: AccountTotals) => Sent = () => ({ kind: 'sent' }),
  lane: Lane = 'ordinary',
) {
  const { ledger } = api.database;
  return relayOf(
    {
      ledger,
      log: quiet,
      onOutcome: () => {},
      send: async (totals) => {
        const result = outcome(totals);
        if (result.kind === 'sent') sent.push(totals);
        return result;
      },
    },
    lane,
  );
}

const claim = (limit: number, inFlightAtMost = 100, lane: Lane = 'ordinary') =>
  claimMarks(api.database.ledger.pool, lane, { limit, inFlightAtMost });

/** Accounts that have waited for an hour, the oldest first. */
const addWaiting = (count: number) =>
  api.database.ledger.pool.query(
    `insert into outbox (app_id, user_id, seq, send_at)
     select $1, 'user-' || n, 1, now() - interval '1 hour' + n * interval '1 second' from generate_series(1, $2::integer) n`,
    [app.id, count],
  );

/** Claims run out after a minute; the test does not wait for it. */
const claimsRunOut = () =>
  api.database.ledger.pool.query('update outbox set send_at = now() where send_at is not null');
/** A first session, to be told now. */
async function ask(user: string): Promise<void> {
  await app.call('POST', `/v1/users/${user}/sessions`);
  await claimsRunOut();
}
const pending = async () =>
  (await api.database.ledger.pool.query('select * from outbox where send_at is not null')).rows;

describe('the relay', () => {
  test('killed between claim and send, sends the same account again', async () => {
    await ask('ada');
    expect(await claim(10)).toHaveLength(1);
    const sent: AccountTotals[] = [];
    await relayInto(sent)();
    expect(sent).toEqual([]);
    await claimsRunOut();
    await relayInto(sent)();
    expect(sent.map((totals) => totals.userId)).toEqual(['ada']);
  });

  test('keeps a mark until the workflow has acknowledged it, however often it is sent', async () => {
    await ask('ada');
    const sent: AccountTotals[] = [];
    await relayInto(sent)();
    await claimsRunOut();
    await relayInto(sent)();
    expect(sent).toHaveLength(2);
    expect(sent[0]).toEqual(sent[1]);
    expect(await pending()).toHaveLength(1);
  });

  test('sets an account aside that is refused for good, and the others have their turn', async () => {
    await ask('poison');
    await ask('ada');
    const sent: AccountTotals[] = [];
    await relayInto(sent, (totals) =>
      totals.userId === 'poison' ? { kind: 'never', error: 'too large' } : { kind: 'sent' },
    )();
    expect(sent.map((totals) => totals.userId)).toEqual(['ada']);
    const { rows } = await api.database.ledger.pool.query(
      'select user_id, last_error from outbox where set_aside_at is not null',
    );
    expect(rows).toEqual([{ user_id: 'poison', last_error: 'too large' }]);
  });

  test('gives a mark back when Temporal is away, and says so', async () => {
    await ask('ada');
    const away = relayInto([], () => ({ kind: 'later', error: 'away' }));
    await expect(away()).rejects.toThrow('takes nothing');
    const sent: AccountTotals[] = [];
    await claimsRunOut();
    await relayInto(sent)();
    expect(sent).toHaveLength(1);
  });

  test('has no more in flight than it may, and what never answers takes nobody’s place for long', async () => {
    const { pool } = api.database.ledger;
    await addWaiting(200);
    const claimed = await claim(200, 100);
    expect(claimed).toHaveLength(100);
    expect(await claim(32)).toEqual([]);
    await pool.query('update outbox set send_at = null, attempts = 0 where user_id = any($1)', [
      claimed.slice(0, 20).map(({ userId: user }) => user),
    ]);
    expect(await claim(32)).toHaveLength(20);
    expect(await claim(32)).toEqual([]);
    await pool.query('update outbox set attempts = 2 where attempts = 1');
    expect(await claim(32)).toHaveLength(32);
  });

  test('tells of a crossing though a hundred are in flight and more wait', async () => {
    await ask('ada');
    await addWaiting(200);
    expect(await claim(200)).toHaveLength(100);
    await app.growth('POST', '/v1/users/ada/grants', { sessions: 5, reason: 'a start' });
    const sent: AccountTotals[] = [];
    await relayInto(sent, () => ({ kind: 'sent' }), 'urgent')();
    expect(sent.map((totals) => totals.userId)).toEqual(['ada']);
  });

  test('a mark stays ahead of others until all of it is acknowledged, and no longer', async () => {
    const { pool } = api.database.ledger;
    const isUrgent = async () =>
      (await pool.query('select o.urgent, o.seq, e.epoch from outbox o, ledger_epoch e')).rows[0];
    await ask('ada');
    expect(await isUrgent()).toMatchObject({ urgent: false });
    await app.growth('POST', '/v1/users/ada/grants', { sessions: 5, reason: 'a start' });
    const { urgent, seq, epoch } = await isUrgent();
    expect(urgent).toBe(true);
    const word = { appId: appId(app.id), userId: userId('ada'), epoch, wakeAt: null };
    await acknowledgeMark(pool, { ...word, seq: seq - 1 });
    expect(await isUrgent()).toMatchObject({ urgent: true });
    await acknowledgeMark(pool, { ...word, seq });
    expect(await isUrgent()).toMatchObject({ urgent: false });
  });

  test('sends what is not answered again after a minute, then after two, and every eight at last', async () => {
    const { pool } = api.database.ledger;
    await ask('ada');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await claimsRunOut();
      expect(await claim(1)).toHaveLength(1);
      const { rows } = await pool.query(
        'select extract(epoch from send_at - sent_at)::integer as wait from outbox',
      );
      waits.push(rows[0].wait);
    }
    expect(waits).toEqual([60, 120, 240, 480, 480]);
  });

  test('marks every account again when Temporal turns out to be another one', async () => {
    const { pool } = api.database.ledger;
    expect(await adoptNamespace(pool, 'first')).toBe(0);
    await ask('ada');
    await ask('bob');
    await pool.query('update outbox set send_at = null, acked_seq = seq');
    expect(await adoptNamespace(pool, 'first')).toBe(0);
    expect(await adoptNamespace(pool, 'second')).toBe(2);
    const sent: AccountTotals[] = [];
    await relayInto(sent)();
    expect(sent.map((totals) => totals.userId).sort()).toEqual(['ada', 'bob']);
    expect(sent[0]).toMatchObject({ v: 1, appId: appId(app.id), userId: userId(sent[0]?.userId ?? '') });
  });
});

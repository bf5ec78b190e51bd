import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import type { AccountTotals } from '../../domain/totals.ts';
import { claimMarks, inFlightAtMost } from '../../ledger/outbox.ts';
import { adoptNamespace } from '../../ledger/temporal-namespace.ts';
import { relayDue } from '../../worker/relay.ts';
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
) {
  const { ledger } = api.database;
  return () =>
    relayDue({
      ledger,
      log: quiet,
      onOutcome: () => {},
      send: async (totals) => {
        const result = outcome(totals);
        if (result.kind === 'sent') sent.push(totals);
        return result;
      },
    });
}

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
    expect(await claimMarks(api.database.ledger.pool, 10)).toHaveLength(1);
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

  test('has no more in flight than is answered in time, and what never answers takes nobody’s place for long', async () => {
    const { pool } = api.database.ledger;
    await ask('ada');
    await pool.query(
      `insert into outbox (app_id, user_id, seq, send_at)
       select app_id, 'user-' || n, 1, now() - interval '1 hour' + n * interval '1 second'
       from outbox, generate_series(1, $1::integer) n`,
      [2 * inFlightAtMost],
    );
    const claimed = await claimMarks(pool, inFlightAtMost + 100);
    expect(claimed).toHaveLength(inFlightAtMost);
    expect(await claimMarks(pool, 32)).toEqual([]);
    await pool.query('update outbox set send_at = null, attempts = 0 where user_id = any($1)', [
      claimed.slice(0, 20).map(({ userId: user }) => user),
    ]);
    expect(await claimMarks(pool, 32)).toHaveLength(20);
    expect(await claimMarks(pool, 32)).toEqual([]);
    await pool.query('update outbox set attempts = 2 where attempts = 1');
    expect(await claimMarks(pool, 32)).toHaveLength(32);
  });

  test('sends what is not answered again after a minute, then after two, and every eight at last', async () => {
    const { pool } = api.database.ledger;
    await ask('ada');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await claimsRunOut();
      expect(await claimMarks(pool, 1)).toHaveLength(1);
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

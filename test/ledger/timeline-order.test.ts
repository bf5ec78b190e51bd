import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modify } from '../../domain/account/modify.ts';
import { decideAdmission } from '../../domain/allowance/admission.ts';
import { appId, userId } from '../../domain/ids.ts';
import { instant } from '../../domain/instant.ts';
import { noMoney } from '../../domain/money.ts';
import { contextAt } from '../../domain/story/beginning.ts';
import { explainDecision } from '../../domain/story/explanation.ts';
import { standAt } from '../../domain/story/replay.ts';
import { activatePolicy } from '../../ledger/activate-policy.ts';
import { versionOf } from '../../ledger/policies.ts';
import { readRecord } from '../../ledger/story.ts';
import { transact } from '../../ledger/transact.ts';
import { policyWith } from '../domain/an-account.ts';
import { beginInTheMorning } from '../setup/morning.ts';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** The whole timeline of a user, so many entries a page. */
async function paged(of: TestApp, user: string, limit: number): Promise<any[]> {
  const entries: any[] = [];
  let next: string | null = null;
  do {
    const cursor: string = next === null ? '' : `&cursor=${next}`;
    const { body } = await of.growth('GET', `/v1/users/${user}/timeline?limit=${limit}${cursor}`);
    entries.push(...body.entries);
    next = body.next;
  } while (next !== null);
  return entries;
}

describe('what shares an instant is told in the order in which it was decided', () => {
  test('a batch of 20 events of a session, over pages of 3', async () => {
    const other = await api.app();
    const session = (await other.call('POST', '/v1/users/ada/sessions')).body.session.id;
    // Neither by id nor by cost do they stand in this order.
    const ids = Array.from({ length: 20 }, (_, index) => `e${(index * 7) % 20}`);
    const events = ids.map((id, index) => ({ id, session, cost_usd: ((index * 3) % 5) / 100 }));
    const counted = await other.call('POST', '/v1/usage', { events });
    expect(counted.body.results.map(({ status }: any) => status)).toEqual(events.map(() => 'counted'));
    const told = (await paged(other, 'ada', 3)).filter(({ kind }) => kind === 'usage_counted');
    expect(told.map(({ details }) => details.event)).toEqual(ids);
    expect(new Set(told.map(({ version }) => version)).size).toBe(1);
    let spent = 0;
    for (const [index, { details }] of told.entries()) {
      spent += ((index * 3) % 5) / 100;
      expect(details.spent_usd).toBeCloseTo(spent, 6);
    }
  });

  test('a grant and the sessions around it', async () => {
    const other = await api.app();
    await other.call('PUT', '/v1/users/ada', {});
    const { ledger } = api.database;
    const account = { appId: appId(other.id), userId: userId('ada') };
    const ask = () =>
      transact(ledger, account, ({ state }, context) =>
        decideAdmission(state, { confirmed: true, client: null, metadata: null }, context),
      );
    const grant = () =>
      transact(ledger, account, ({ state }, context) => {
        const act = { kind: 'grant', key: 'a grant', sessions: 1, spend: noMoney, priority: 100 } as const;
        const window = { from: context.now, until: null, by: 'maya', note: '' };
        return { state: modify(state, { ...act, ...window }, context) ?? state, answer: null };
      });
    // What is asked for at once is decided in one chain, and so by one reading of the clock.
    await Promise.all([ask(), grant(), ask()]);
    const told = (await paged(other, 'ada', 2)).filter(({ kind }) => kind !== 'period_opened');
    expect(told.map(({ kind }) => kind)).toEqual(['session_admitted', 'act', 'session_admitted']);
    expect(new Set(told.map(({ at }) => at)).size).toBe(1);
    const [before, , after] = told.map(({ checks }) => checks?.find(({ check }: any) => check === 'month'));
    expect([before.limit, after.limit]).toEqual([10, 11]);
  });
});

test('after policy activate --now each decision is told by the policy that it was made under', async () => {
  const { ledger } = api.database;
  const before = policyWith((plan) => ({
    ...plan,
    sessions: { ...plan.sessions, per_month: 12, per_day: 4 },
  }));
  const after = policyWith((plan) => ({ ...plan, sessions: { ...plan.sessions, per_month: 6, per_day: 2 } }));
  const other = await api.app(before);
  const ask = () => other.call('POST', '/v1/users/ada/sessions', { confirmed: true });
  const session = async () => {
    const { id } = (await ask()).body.session;
    return other.call('POST', `/v1/sessions/${id}/usage`, { id: `of ${id}`, cost_usd: 0.01 });
  };
  await beginInTheMorning(other);
  await session();
  await session();
  await other.call('POST', '/v1/test-clock/advance', { by: 'PT40M', wait: false });
  const between = Date.parse((await paged(other, 'ada', 500)).at(-1).at) + 1;
  await activatePolicy(ledger.pool, appId(other.id), after, { now: true, actor: 'maya' });
  expect((await ask()).body.limited_by).toBe('day');
  await other.call('POST', '/v1/test-clock/advance', { by: 'P1D', wait: false });
  await session();
  const told = await paged(other, 'ada', 4);
  const month = ({ checks }: any) => checks.find(({ check }: any) => check === 'month').limit;
  const day = ({ checks }: any) => checks.find(({ check }: any) => check === 'day').limit;
  const decisions = told.filter(({ kind }) => kind.startsWith('session_a') || kind === 'session_refused');
  expect(decisions.map((entry) => [entry.kind, month(entry), day(entry)])).toEqual([
    ['session_admitted', 12, 4],
    ['session_admitted', 12, 4],
    ['session_refused', 6, 2],
    ['session_admitted', 6, 2],
  ]);
  const changes = told.filter(({ kind }) => kind === 'policy_changed');
  expect(changes.map(({ period, details }) => [period, details])).toEqual([
    [1, { former_policy: versionOf(before), policy_version: versionOf(after) }],
  ]);
  expect(told[0].details.policy_version).toBe(versionOf(before));
  // As `stipend explain --at` asks: between the sessions and the activation a session could have started.
  const stored = (await readRecord(ledger, { appId: appId(other.id), userId: userId('ada') }))!;
  const stands = [instant(between), stored.now].map((now) => {
    const context = contextAt(now, stored);
    return explainDecision(standAt(stored.record, { at: now }, stored), context).checks[0]?.limit;
  });
  expect(stands).toEqual([12, 6]);
});

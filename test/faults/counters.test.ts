import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { policyWith } from '../domain/an-account.ts';
import { type Stage, roomy, session, setStage, times, use } from './several-processes.ts';

let stage: Stage;
afterEach(() => stage.stop());

const spent = async () =>
  (await stage.query<{ spent: number }>('select spent_micro_usd as spent from periods'))[0]?.spent;

test('fault 04, LiteLLM #28247: four processes that start cold count what was spent once', async () => {
  stage = await setStage(1);
  const id = await session(stage.processes[0]!, 'ada');
  await use(stage.processes[0]!, id, { id: 'first', cost_usd: 1 });
  const cold = await times(4, () => stage.start());
  await Promise.all(cold.map((one, n) => use(one, id, { id: `cold-${n}`, cost_usd: 0.1 })));
  expect(await spent()).toBe(1_400_000);
  expect(await stage.broken()).toEqual([]);
});

test('fault 05, LiteLLM #34238: no remembered spending lets a session in that the ledger would refuse', async () => {
  stage = await setStage(
    2,
    policyWith((plan) => ({
      ...plan,
      budget: { per_month: 0.4, buffer: '0%', per_session: 0.2, per_day: null },
      probation: null,
    })),
  );
  const [warm, other] = stage.processes;
  const id = await session(warm!, 'ada');
  expect(await use(other!, id, { id: 'big', cost_usd: 0.4 })).toBe(200);
  const { status, body } = await warm!.call('POST', '/v1/users/ada/sessions', { confirmed: true });
  expect(status, JSON.stringify(body)).toBe(429);
  expect(await stage.broken()).toEqual([]);
});

test('fault 09, LiteLLM PR #25374: a restart of everything refills nothing', async () => {
  stage = await setStage(2);
  const [one, two] = stage.processes;
  const id = await session(one!, 'ada');
  await use(two!, id, { id: 'call', cost_usd: 2 });
  await one!.call('POST', `/v1/sessions/${id}/end`);
  const before = (await one!.call('GET', '/v1/users/ada/usage')).body;
  await Promise.all(stage.processes.splice(0).map((running) => running.stop()));
  const restarted = await stage.start();
  expect((await restarted.call('GET', '/v1/users/ada/usage')).body).toEqual(before);
  expect(before.month.used).toBe(1);
  expect(await spent()).toBe(2_000_000);
});

test('fault 10, Autumn PR #3230: an acknowledged call is a row before its answer, so no lost cache loses it', async () => {
  stage = await setStage(2);
  const [one, two] = stage.processes;
  const id = await session(one!, 'ada');
  for (let n = 0; n < 20; n += 1) {
    // Each finds what it remembers out of date.
    expect(await use(n % 2 === 0 ? one! : two!, id, { id: `call-${n}`, cost_usd: 0.01 })).toBe(200);
    expect(await spent()).toBe(10_000 * (n + 1));
  }
  expect(await stage.broken()).toEqual([]);
});

test('fault 13, OpenMeter #4902 and #5005: what was acknowledged while processes fell and rose is stored', async () => {
  stage = await setStage(4);
  const ids = await times(8, (n) => session(stage.processes[n % 4]!, `user-${n}`));
  const acknowledged: string[] = [];
  const cutConnections = async () => {
    for (let n = 0; n < 12; n += 1) {
      await stage.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await delay(40);
    }
  };
  const caller = async (n: number) => {
    for (let call = 0; call < 40; call += 1) {
      const id = `call-${n}-${call}`;
      if ((await use(stage.processes[call % 4]!, ids[n % 8]!, { id, cost_usd: 0.001 })) === 200)
        acknowledged.push(id);
    }
  };
  await Promise.all([cutConnections(), times(8, caller)]);
  const rows = await stage.query<{ event_id: string }>('select event_id from usage_events');
  const stored = new Set(rows.map((row) => row.event_id));
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(await stage.broken()).toEqual([]);
});

test('fault 17, laravel-credits #20: additions of two processes to one moving row all count', async () => {
  stage = await setStage(2, roomy);
  const id = await session(stage.processes[0]!, 'ada');
  const add = (process: number) => async (n: number) =>
    use(stage.processes[process]!, id, { id: `add-${process}-${n}`, cost_usd: 0.001 });
  const statuses: number[] = [];
  // In turns, so that one of the two always begins with what the other has moved on from.
  for (let turn = 0; turn < 20; turn += 1) {
    const adds = (process: number) => times(5, (n) => add(process)(5 * turn + n));
    statuses.push(...(await Promise.all([adds(0), adds(1)])).flat());
  }
  const counted = statuses.filter((status) => status === 200).length;
  expect(counted).toBeGreaterThan(150);
  const rows = await stage.query<{ n: number }>('select count(*) as n from usage_events');
  expect(await spent()).toBe(1_000 * (rows[0]?.n ?? 0));
  expect(rows[0]?.n).toBeGreaterThanOrEqual(counted);
  expect(await stage.broken()).toEqual([]);
});

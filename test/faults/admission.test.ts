import { afterEach, expect, test } from 'vitest';
import { policyWith } from '../domain/an-account.ts';
import { type Stage, roomy, session, setStage, times, use } from './several-processes.ts';

let stage: Stage;
afterEach(() => stage.stop());

const two = policyWith((plan) => ({
  ...plan,
  sessions: { per_day: null, per_month: 10, concurrent: 2, idle_timeout: 'PT30M' },
  probation: null,
}));

async function storm(user: string): Promise<number[]> {
  const replies = await times(64, (n) =>
    stage.processes[n % 4]!.call('POST', `/v1/users/${user}/sessions`, { confirmed: true }),
  );
  return replies.map(({ status }) => status);
}

test('fault 01, LiteLLM #34732: parallel turns do not pass a check before any of them is recorded', async () => {
  stage = await setStage(4, two);
  for (const user of ['ada', 'bob', 'eve', 'joe']) {
    // Each process remembers the account as it was before the others wrote it, however the storm falls.
    for (const process of stage.processes) {
      const id = await session(process, user);
      await process.call('POST', `/v1/sessions/${id}/end`);
    }
    const admitted = (await storm(user)).filter((status) => status === 201);
    expect(admitted.length).toBeGreaterThan(0);
    expect(admitted.length).toBeLessThanOrEqual(2);
  }
  expect(await stage.broken()).toEqual([]);
});

test('fault 02, LiteLLM #40095: the first requests of an unknown user do not all pass', async () => {
  stage = await setStage(4, two);
  const admitted = (await storm('nobody-yet')).filter((status) => status === 201);
  expect(admitted.length).toBeGreaterThan(0);
  expect(admitted.length).toBeLessThanOrEqual(2);
  const rows = await stage.query<{ n: number }>('select count(*) as n from sessions where ended_at is null');
  expect(rows[0]?.n).toBe(admitted.length);
});

test('fault 03, LiteLLM PR #26845: a hold that does not fit is refused, never shrunk to what is left', async () => {
  stage = await setStage(
    1,
    policyWith((plan) => ({
      ...plan,
      sessions: { per_day: null, per_month: 100, concurrent: 10, idle_timeout: 'PT30M' },
      budget: { per_month: 0.5, buffer: '0%', per_session: 0.2, per_day: null },
      probation: null,
    })),
  );
  const [one] = stage.processes;
  await session(one!, 'ada');
  await session(one!, 'ada');
  const third = await one!.call('POST', '/v1/users/ada/sessions', { confirmed: true });
  expect(third.status).toBe(429);
  const caps = await stage.query<{ cap: number }>('select distinct cap_micro_usd as cap from sessions');
  expect(caps).toEqual([{ cap: 200_000 }]);
});

test('fault 06, LiteLLM #27639 and #36926: what a crashed caller held comes back exactly, once it has expired', async () => {
  stage = await setStage(1, roomy);
  const [one] = stage.processes;
  const used = await session(one!, 'ada');
  await use(one!, used, { id: 'call', cost_usd: 1.25 });
  await session(one!, 'ada');
  // Neither session is ever ended: whoever had them is gone.
  await one!.call('POST', '/v1/test-clock/advance', { by: 'PT31M', wait: false });
  await one!.call('POST', '/v1/users/ada/sessions', { confirmed: true });
  const [period] = await stage.query('select spent_micro_usd, held_micro_usd, sessions_used from periods');
  expect(period).toEqual({ spent_micro_usd: 1_250_000, held_micro_usd: 5_000_000, sessions_used: 2 });
  expect(await stage.broken()).toEqual([]);
});

test('fault 15, LiteLLM #33736 and new-api #5235: a caller that hangs up mid-call pays for what arrived, and no more is kept', async () => {
  stage = await setStage(1, roomy);
  const [one] = stage.processes;
  const id = await session(one!, 'ada');
  await use(one!, id, { id: 'before', cost_usd: 0.5 });
  const url = `${one!.apiUrl}/v1/sessions/${id}/usage`;
  await times(20, async (n) => {
    const hangUp = AbortSignal.timeout(n);
    await fetch(url, { method: 'POST', body: '{"id": "cut', signal: hangUp }).catch(() => null);
  });
  const ended = await one!.call('POST', `/v1/sessions/${id}/end`);
  expect(ended.status).toBe(200);
  const [period] = await stage.query('select spent_micro_usd, held_micro_usd, sessions_used from periods');
  expect(period).toEqual({ spent_micro_usd: 500_000, held_micro_usd: 0, sessions_used: 1 });
  expect(await stage.broken()).toEqual([]);
});

test('fault 18, LibreChat #2359: no price or cost below nothing, or beyond all sense, moves a balance', async () => {
  stage = await setStage(1, roomy);
  const [one] = stage.processes;
  const id = await session(one!, 'ada');
  const balance = () => stage.query('select * from periods');
  const before = await balance();
  for (const cost of ['-1', '-0.0000001', '-1e308', '1e308', '1e400', '"1"', 'null', '9007199254740993']) {
    const body = `{"id": "naughty", "cost_usd": ${cost}}`;
    const { status } = await one!.call('POST', `/v1/sessions/${id}/usage`, body);
    expect(status, cost).toBe(400);
  }
  expect(await balance()).toEqual(before);
  const below = stage.query('update usage_events set cost_micro_usd = -1');
  await use(one!, id, { id: 'real', cost_usd: 0.01 });
  await below;
  await expect(stage.query('update usage_events set cost_micro_usd = -1')).rejects.toThrow(/constraint/);
});

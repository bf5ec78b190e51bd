import { afterEach, expect, test } from 'vitest';
import { policyWith } from '../domain/an-account.ts';
import { type Stage, roomy, session, setStage, times, use } from './several-processes.ts';

let stage: Stage;
afterEach(() => stage.stop());

/** Makes the next statements fail once they have reached a table. */
const breakWrites = (table: string) =>
  stage.query(`
create or replace function broken() returns trigger language plpgsql as $$ begin raise exception 'the disk is gone'; end $$;
create or replace trigger broken before insert or update on ${table} for each row execute function broken()`);
const mendWrites = (table: string) => stage.query(`drop trigger broken on ${table}`);

const daily = policyWith((plan) => ({
  ...plan,
  sessions: { per_day: null, per_month: 6, concurrent: 6, idle_timeout: 'PT30M' },
  period: { every: 'PT3600S', anchor: 'registration' },
  probation: null,
}));

test('fault 07, LiteLLM #36940: resets by several processes at one boundary erase nothing of the new window', async () => {
  stage = await setStage(4, daily);
  await session(stage.processes[0]!, 'ada');
  await stage.processes[0]!.call('POST', '/v1/test-clock/advance', { by: 'PT61M', wait: false });
  const replies = await times(24, (n) =>
    stage.processes[n % 4]!.call('POST', '/v1/users/ada/sessions', { confirmed: true }),
  );
  const admitted = replies.filter(({ status }) => status === 201).length;
  const periods = await stage.query('select number, sessions_used from periods order by number');
  expect(admitted).toBeGreaterThan(0);
  expect(periods).toEqual([
    { number: 1, sessions_used: 0 },
    { number: 2, sessions_used: admitted },
  ]);
  expect(admitted).toBeLessThanOrEqual(6);
  expect(await stage.broken()).toEqual([]);
});

test.each(['accounts', 'periods', 'sessions', 'usage_events', 'crossings', 'outbox'])(
  'fault 11, Autumn PR #2153, #630 and #631: a write that fails at %s is not acknowledged and leaves nothing',
  async (table) => {
    stage = await setStage(1);
    const [one] = stage.processes;
    const id = await session(one!, 'ada');
    const everything = () =>
      stage.query(
        'select to_jsonb(a) as a, to_jsonb(p) as p from accounts a join periods p using (app_id, user_id)',
      );
    const before = await everything();
    await breakWrites(table);
    // Nearly the whole budget at once: every table of a commit is written.
    const event = { id: 'call', cost_usd: 999 };
    const { status } = await one!.call('POST', `/v1/sessions/${id}/usage`, event);
    expect(status).toBeGreaterThanOrEqual(500);
    expect(await everything()).toEqual(before);
    await mendWrites(table);
    expect(await use(one!, id, event)).toBe(200);
    expect(await stage.broken()).toEqual([]);
  },
);

test('fault 12, OpenMeter #5118: an event whose write failed is not taken for a repeat', async () => {
  stage = await setStage(2);
  const [one, two] = stage.processes;
  const id = await session(one!, 'ada');
  // What the first process remembers is now old: its commit misses once before it holds.
  await use(two!, id, { id: 'other', cost_usd: 0.25 });
  await breakWrites('periods');
  expect((await one!.call('POST', `/v1/sessions/${id}/usage`, { id: 'call', cost_usd: 0.5 })).status).toBe(
    500,
  );
  await mendWrites('periods');
  expect(await use(one!, id, { id: 'call', cost_usd: 0.5 })).toBe(200);
  const [period] = await stage.query('select spent_micro_usd from periods');
  expect(period).toEqual({ spent_micro_usd: 750_000 });
  expect(await stage.broken()).toEqual([]);
});

test('fault 14, Lago #5359: every event sent five times, shuffled, through every process, counts once', async () => {
  stage = await setStage(4, roomy);
  const ids = await times(4, (n) => session(stage.processes[n]!, `user-${n}`));
  const statuses = await times(100, (n) => {
    const event = (n * 37) % 20;
    return use(stage.processes[n % 4]!, ids[event % 4]!, { id: `event-${event}`, cost_usd: 0.01 });
  });
  expect(new Set(statuses)).toEqual(new Set([200]));
  const [total] = await stage.query('select sum(spent_micro_usd)::bigint as spent from periods');
  expect(total).toEqual({ spent: 200_000 });
  expect(await stage.broken()).toEqual([]);
});

test('fault 16, LiteLLM #14809 and #16185: a threshold is crossed once in a period, and again in the next', async () => {
  const dollars = policyWith((plan) => ({
    ...plan,
    budget: { per_month: 1, buffer: '0%', per_session: 1, per_day: null },
    period: { every: 'PT3600S', anchor: 'registration' },
    probation: null,
  }));
  stage = await setStage(4, dollars);
  const spendAll = async (period: number) => {
    const id = await session(stage.processes[0]!, 'ada');
    const call = (n: number) => ({ id: `call-${period}-${n}`, cost_usd: 0.05 });
    await times(20, (n) => use(stage.processes[n % 4]!, id, call(n)));
    await use(stage.processes[1]!, id, call(20));
    await stage.processes[2]!.call('POST', `/v1/sessions/${id}/end`);
  };
  await spendAll(1);
  await stage.processes[0]!.call('POST', '/v1/test-clock/advance', { by: 'PT61M', wait: false });
  await spendAll(2);
  const crossings = await stage.query(
    'select period, array_agg(threshold order by threshold) as thresholds from crossings group by 1 order by 1',
  );
  const thresholds = [70, 85, 95, 100];
  expect(crossings).toEqual([
    { period: 1, thresholds },
    { period: 2, thresholds },
  ]);
  expect(await stage.broken()).toEqual([]);
});

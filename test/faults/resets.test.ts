import { afterEach, expect, test } from 'vitest';
import { policyWith } from '../domain/an-account.ts';
import { type Stage, setStage, times } from './several-processes.ts';

let stage: Stage;
afterEach(() => stage.stop());

const monthly = policyWith((plan) => ({
  ...plan,
  sessions: { per_day: null, per_month: 10, concurrent: 10, idle_timeout: 'PT30M' },
  period: { every: 'P1M', anchor: 'calendar' },
  probation: null,
}));

/** Everybody's rows but Ada's, with the transaction that wrote each last. */
const others = () =>
  stage.query(`
select 'account' as row, user_id, xmin::text as written_by from accounts where user_id <> 'ada'
union all select 'period ' || number, user_id, xmin::text from periods where user_id <> 'ada'
order by 2, 1`);

test('fault 08, LiteLLM #36497: a midnight that everybody shares writes the rows of those who call, and waits for no others', async () => {
  stage = await setStage(2, monthly);
  const [one] = stage.processes;
  const users = ['ada', ...Array.from({ length: 60 }, (_, n) => `user-${n}`)];
  const asked = await times(users.length, (n) =>
    stage.processes[n % 2]!.call('POST', `/v1/users/${users[n]}/sessions`),
  );
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([201]));
  // A month and not 32 days, which lead from the 30th of November over the whole of December.
  await one!.call('POST', '/v1/test-clock/advance', { by: 'P1M', wait: false });

  const before = await others();
  const busy = await stage.database.ledger.pool.connect();
  try {
    // Somebody works on all other users for as long as this takes: a reset of everybody at once would have to wait.
    await busy.query('begin');
    await busy.query(`select from accounts where user_id <> 'ada' for update`);
    await busy.query(`select from periods where user_id <> 'ada' for update`);
    const { status, body } = await one!.call('POST', '/v1/users/ada/sessions');
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body.usage.month.used).toBe(1);
  } finally {
    await busy.query('rollback');
    busy.release();
  }
  expect(await others()).toEqual(before);
  const opened = await stage.query('select user_id, sessions_used from periods where number = 2');
  expect(opened).toEqual([{ user_id: 'ada', sessions_used: 1 }]);
  expect(await stage.broken()).toEqual([]);
});

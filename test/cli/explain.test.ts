import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appId } from '../../domain/ids.ts';
import { activatePolicy } from '../../ledger/activate-policy.ts';
import { policyWith } from '../domain/an-account.ts';
import { liveAHistory } from '../setup/a-history.ts';
import { type TestApi, type TestApp, startApi } from '../setup/product.ts';
import { runStipend } from './run-stipend.ts';

let api: TestApi;
let app: TestApp;
beforeAll(async () => {
  api = await startApi();
  app = await api.app();
  await liveAHistory(app);
});
afterAll(() => api.stop());

const explain = (...args: string[]) =>
  runStipend(['explain', ...args, '--app', app.id, '--database-url', api.database.url]);

test('the answer comes first, then every limit with its arithmetic and source, then the story', async () => {
  const ran = await explain('ada');
  expect(ran).toMatchObject({ code: 0, errors: '' });
  const [answer, , heading, ...rest] = ran.output.split('\n');
  expect(answer).toMatch(/^ada could start a session at .*Z: tier \w+, 0\.20 dollars held for it\.$/);
  expect(heading).toBe('Limits (standing good):');
  expect(rest[0]).toMatch(/^ {2}sessions 8 of 12 +room +plan 10, then grant 2 \(a good customer\)$/);
  expect(ran.output).toMatch(/held and spent \S+ \+ this session's 0\.20 = \S+ ≤ 2\.50/);
  expect(ran.output).toContain('What led there, the newest last:');
});

test('a past moment is explained as it was: the limit that was in the way, and when it freed', async () => {
  const { body } = await app.growth('GET', '/v1/users/ada/timeline?limit=500');
  const sixth = body.entries.filter(({ kind }: any) => kind === 'session_admitted')[5];
  const ran = await explain('ada', '--at', sixth.at, '--json');
  const told = JSON.parse(ran.output);
  expect(told.answer).toMatch(
    /^ada could not start a session at .*: sessions of the day used up, free again .*T00:00:00Z\.$/,
  );
  expect(told.limited_by).toBe('day');
  const day = told.limits.find(({ check }: any) => check === 'day');
  expect(day).toMatchObject({ binds: true, arithmetic: 'today 3 of 3', source: 'plan 3' });
  expect(told.entries.at(-1).id).toBe(sixth.id);
});

test('after policy activate --now a past moment is explained by the limits of then, and now by those of now', async () => {
  const other = await api.app();
  await other.call('POST', '/v1/users/ada/sessions');
  const then = (await other.growth('GET', '/v1/users/ada/timeline?order=newest')).body.entries[0].at;
  const stricter = policyWith((plan) => ({ ...plan, sessions: { ...plan.sessions, per_month: 6 } }));
  await other.call('POST', '/v1/test-clock/advance', { by: 'PT1M', wait: false });
  await activatePolicy(api.database.ledger.pool, appId(other.id), stricter, { now: true, actor: 'maya' });
  const explainOther = async (...args: string[]) =>
    (await runStipend(['explain', 'ada', ...args, '--app', other.id, '--database-url', api.database.url]))
      .output;
  const past = await explainOther('--at', then);
  expect(past).toMatch(/^ {2}sessions 1 of 10 +room +plan 10$/m);
  expect(past).not.toContain('runs under policy');
  const present = await explainOther();
  expect(present).toMatch(/^ {2}sessions 1 of 6 +room +plan 6$/m);
  expect(present).toContain('admitted: sessions 0 → 1 of 10;');
  expect(present).toMatch(/Period 1 runs under policy pol_\w+ from here on, no longer under pol_\w+\.$/m);
});

test('what binds beside the limit that is named is told with when it frees, and each policy once', async () => {
  const daily = policyWith((plan) => ({ ...plan, budget: { ...plan.budget, per_day: 0.5 } }));
  const spent = await api.app(daily);
  const { id } = (await spent.call('POST', '/v1/users/ada/sessions')).body.session;
  await spent.call('POST', `/v1/sessions/${id}/usage`, { id: 'all', cost_usd: 2 });
  await spent.call('POST', `/v1/sessions/${id}/end`);
  const where = ['--app', spent.id, '--database-url', api.database.url];
  const ran = await runStipend(['explain', 'ada', '--json', ...where]);
  const told = JSON.parse(ran.output);
  expect(told.answer).toMatch(
    /: dollars used up, free again (\S+Z) \(also dollars used up, free again (?!\1)\S+Z\)\.$/,
  );
  expect(told.violated_policies).toEqual(['usage']);
});

describe('what cannot be explained is said with its fix, and ends with 1', () => {
  test.each([
    ['a user that is not there', ['nobody'], 'has no user "nobody"'],
    ['a time that is none', ['ada', '--at', 'yesterday'], '--at "yesterday" is not a time'],
    ['a time before the first', ['ada', '--at', '2001-01-01T00:00:00Z'], 'The ledger knows nothing of ada'],
    ['a number that is none', ['ada', '--entries', 'all'], '--entries "all" is not a number'],
  ])('%s', async (_name, args, sentence) => {
    const ran = await explain(...args);
    expect(ran).toMatchObject({ code: 1, output: '' });
    expect(ran.errors).toContain(sentence);
  });
});

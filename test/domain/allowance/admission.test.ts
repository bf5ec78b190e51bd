import { describe, expect, test } from 'vitest';
import { type BindingLimit, limitNames } from '../../../domain/allowance/limits.ts';
import { minute } from '../../../domain/instant.ts';
import { accountOn, after, startSession } from '../account-on.ts';
import { type AnAccount, at } from '../an-account.ts';

const accountWith = (plan: Parameters<typeof accountOn>[0] = {}) =>
  accountOn({ sessions: { per_day: null, per_month: 10, concurrent: 10 }, ...plan });

const crossed = (account: AnAccount) => account.added.crossings.map(({ threshold }) => threshold);

describe('near the end of the allowance a session is asked about first', () => {
  const sessions = (per_month: number) => ({ per_day: null, per_month, concurrent: 10 });

  test('from five sessions on, though nothing was warned of before', () =>
    expect(
      after(
        accountWith({
          sessions: sessions(5),
          friction: { indicator: '92%', nudge: '94%', confirm: '95%', cutoff: '100%' },
        }),
        4,
      ).ask().outcome,
    ).toBe('confirm'));

  test('of fewer sessions only where a step was crossed before', () => {
    const never = after(accountWith({ sessions: sessions(2) }), 1);
    expect([crossed(never), never.ask().outcome]).toEqual([[], 'admitted']);
    const warned = after(accountWith({ sessions: sessions(4) }), 3);
    expect([crossed(warned), warned.ask().outcome]).toEqual([[70], 'confirm']);
  });

  test('which crosses the step, and counts neither a session nor an attempt', () => {
    const account = after(accountWith(), 9);
    const { day, recentAttempts } = account.state.account;
    account.now = at('2026-11-24T20:00:00Z');
    expect(account.ask().outcome).toBe('confirm');
    expect(crossed(account)).toEqual([70, 85, 95]);
    expect(account.state.account).toMatchObject({ day, recentAttempts });
  });
});

describe('a refusal crosses the last step', () => {
  const lastOfMonth = () => {
    const account = after(accountWith(), 9);
    startSession(account);
    return account;
  };

  test('where the period is used up, though the last session still runs', () => {
    const account = lastOfMonth();
    expect(crossed(account)).not.toContain(100);
    account.ask(true);
    expect(crossed(account)).toEqual([70, 85, 95, 100]);
    account.ask(true);
    expect(crossed(account)).toEqual([70, 85, 95, 100]);
  });

  test('by dollars as by sessions', () => {
    const account = accountWith({ sessions: { per_day: null, per_month: 100, concurrent: 20 } });
    after(account, 7, 0.2);
    const { id } = startSession(account);
    startSession(account);
    account.use(id, 0.2);
    expect(crossed(account)).not.toContain(100);
    expect(account.ask(true)).toMatchObject({ refusal: { limitedBy: 'usage' } });
    expect(account.added.crossings.at(-1)).toMatchObject({ threshold: 100, dimension: 'usage' });
  });

  test('not where only the day, a place or probation refuses', () => {
    const account = accountWith({ sessions: { per_day: 1, per_month: 10, concurrent: 1 } });
    startSession(account);
    expect(account.ask(true)).toMatchObject({ outcome: 'refused', refusal: { limitedBy: 'day' } });
    expect(crossed(account)).toEqual([]);
  });

  test('where another limit is named, as long as the period’s is among them', () => {
    const account = lastOfMonth().flag('under_review');
    expect(account.ask(true)).toMatchObject({ refusal: { limitedBy: 'review' } });
    expect(crossed(account)).toContain(100);
  });
});

describe('attempts', () => {
  test('are counted to 255 a day, and then write nothing more', () => {
    const account = accountWith().flag('under_review');
    for (let attempt = 0; attempt < 256; attempt += 1) account.forward(minute).ask(true);
    expect(account.state.account.day?.attempts).toBe(255);
    const { recentAttempts } = account.state.account;
    account.forward(minute).ask(true);
    expect(account.state.account.day?.attempts).toBe(255);
    expect(account.state.account.recentAttempts).toEqual(recentAttempts);
    expect(recentAttempts).toHaveLength(32);
  });
});

describe('a hold', () => {
  const budget = (per_month: number) => ({
    per_month,
    buffer: '0%',
    per_session: 0.3,
    per_day: null,
  });
  const degrade = { at: '99%', tier: 'economy' as const, per_session: 0.1 };
  const plan = { budget: budget(0.5), degrade };

  test('is the standard tier’s cap while that fits, then the economy tier’s, and never a part of one', () => {
    const account = accountWith(plan);
    expect([1, 2, 3].map(() => startSession(account)).map(({ tier, cap }) => [tier, cap])).toEqual([
      ['standard', 300_000],
      ['economy', 100_000],
      ['economy', 100_000],
    ]);
    expect(account.ask(true)).toMatchObject({ outcome: 'refused', refusal: { limitedBy: 'concurrent' } });
  });

  test('is no lower tier’s where the policy degrades nobody', () => {
    const account = accountWith({ budget: budget(0.5), degrade: null });
    startSession(account);
    expect(account.ask(true)).toMatchObject({ outcome: 'refused', refusal: { limitedBy: 'concurrent' } });
  });

  test('comes back when as many running sessions have run out as the smallest hold needs', () => {
    const account = accountWith(plan);
    const [first] = [startSession(account), account.forward(minute), startSession(account)];
    account.forward(minute);
    startSession(account);
    expect(account.ask(true)).toMatchObject({ refusal: { resetsAt: first.expiresAt } });
    account.use(first.id, 0.25);
    account.forward(minute);
    const late = account.state.sessions.map(({ expiresAt }) => expiresAt).sort((left, right) => left - right);
    expect(account.ask(true)).toMatchObject({ refusal: { resetsAt: late[0] } });
  });

  test('never comes back by waiting where what was spent leaves no room for one', () => {
    const account = accountWith({ budget: budget(0.5), degrade: null });
    const { id, cap } = startSession(account);
    account.use(id, 0.25);
    expect(cap).toBe(300_000);
    expect(account.ask(true)).toMatchObject({
      refusal: { limitedBy: 'usage', resetsAt: account.period().endsAt },
    });
  });
});

test('each limit is told once, in its order', () => {
  const limit = (name: BindingLimit['limit']): BindingLimit => ({ limit: name, resetsAt: null });
  expect(limitNames([limit('usage'), limit('day'), limit('usage')])).toEqual(['usage', 'day']);
  expect(limitNames([])).toEqual([]);
});

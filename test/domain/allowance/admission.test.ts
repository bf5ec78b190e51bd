import { describe, expect, test } from 'vitest';
import { type BindingLimit, limitNames } from '../../../domain/allowance/limits.ts';
import { hour, minute } from '../../../domain/instant.ts';
import type { PolicyDocument } from '../../../domain/policy/document.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const start = at('2026-11-24T10:00:00Z');
type Plan = PolicyDocument['plans'][string];

const accountOn = (plan: Partial<Plan> = {}) =>
  new AnAccount(
    start,
    policyWith((reference) => ({
      ...reference,
      probation: null,
      sessions: { per_day: null, per_month: 10, concurrent: 10 },
      ...plan,
    })),
  );

function started(account: AnAccount) {
  const admission = account.ask(true);
  if (admission.outcome !== 'admitted') throw new Error(admission.outcome);
  return admission.session;
}

function after(account: AnAccount, sessions: number, dollars = 0.01): AnAccount {
  for (let session = 0; session < sessions; session += 1) {
    const { id } = started(account);
    account.use(id, dollars);
    account.end(id);
    account.forward(hour);
  }
  return account;
}

const crossed = (account: AnAccount) => account.added.crossings.map(({ threshold }) => threshold);

describe('near the end of the allowance a session is asked about first', () => {
  const sessions = (per_month: number) => ({ per_day: null, per_month, concurrent: 10 });

  test('from five sessions on, though nothing was warned of before', () =>
    expect(
      after(
        accountOn({
          sessions: sessions(5),
          friction: { indicator: '92%', nudge: '94%', confirm: '95%', cutoff: '100%' },
        }),
        4,
      ).ask().outcome,
    ).toBe('confirm'));

  test('of fewer sessions only where a step was crossed before', () => {
    const never = after(accountOn({ sessions: sessions(2) }), 1);
    expect([crossed(never), never.ask().outcome]).toEqual([[], 'admitted']);
    const warned = after(accountOn({ sessions: sessions(4) }), 3);
    expect([crossed(warned), warned.ask().outcome]).toEqual([[70], 'confirm']);
  });

  test('which crosses the step, and counts neither a session nor an attempt', () => {
    const account = after(accountOn(), 9);
    const { day, recentAttempts } = account.state.account;
    account.now = at('2026-11-24T20:00:00Z');
    expect(account.ask().outcome).toBe('confirm');
    expect(crossed(account)).toEqual([70, 85, 95]);
    expect(account.state.account).toMatchObject({ day, recentAttempts });
  });
});

describe('a refusal crosses the last step', () => {
  const lastOfMonth = () => {
    const account = after(accountOn(), 9);
    started(account);
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
    const account = accountOn({ sessions: { per_day: null, per_month: 100, concurrent: 20 } });
    after(account, 7, 0.2);
    const { id } = started(account);
    started(account);
    account.use(id, 0.2);
    expect(crossed(account)).not.toContain(100);
    expect(account.ask(true)).toMatchObject({ refusal: { limitedBy: 'usage' } });
    expect(account.added.crossings.at(-1)).toMatchObject({ threshold: 100, dimension: 'usage' });
  });

  test('not where only the day, a place or probation refuses', () => {
    const account = accountOn({ sessions: { per_day: 1, per_month: 10, concurrent: 1 } });
    started(account);
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
    const account = accountOn().flag('under_review');
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
    const account = accountOn(plan);
    expect([1, 2, 3].map(() => started(account)).map(({ tier, cap }) => [tier, cap])).toEqual([
      ['standard', 300_000],
      ['economy', 100_000],
      ['economy', 100_000],
    ]);
    expect(account.ask(true)).toMatchObject({ outcome: 'refused', refusal: { limitedBy: 'concurrent' } });
  });

  test('is no lower tier’s where the policy degrades nobody', () => {
    const account = accountOn({ budget: budget(0.5), degrade: null });
    started(account);
    expect(account.ask(true)).toMatchObject({ outcome: 'refused', refusal: { limitedBy: 'concurrent' } });
  });

  test('comes back when as many running sessions have run out as the smallest hold needs', () => {
    const account = accountOn(plan);
    const [first] = [started(account), account.forward(minute), started(account)];
    account.forward(minute);
    started(account);
    expect(account.ask(true)).toMatchObject({ refusal: { resetsAt: first.expiresAt } });
    account.use(first.id, 0.25);
    account.forward(minute);
    const late = account.state.sessions.map(({ expiresAt }) => expiresAt).sort((left, right) => left - right);
    expect(account.ask(true)).toMatchObject({ refusal: { resetsAt: late[0] } });
  });

  test('never comes back by waiting where what was spent leaves no room for one', () => {
    const account = accountOn({ budget: budget(0.5), degrade: null });
    const { id, cap } = started(account);
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

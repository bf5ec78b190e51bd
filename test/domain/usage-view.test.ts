import { describe, expect, test } from 'vitest';
import { hour, minute } from '../../domain/instant.ts';
import { userView, type ViewOccasion } from '../../domain/usage-view.ts';
import { accountOn, after, startSession } from './account-on.ts';
import { AnAccount, at, policyWith } from './an-account.ts';

const start = at('2026-11-24T10:00:00Z');
const standing: ViewOccasion = { kind: 'standing' };

const manySessions = { per_day: null, per_month: 10, concurrent: 5, idle_timeout: 'PT30M' } as const;

const view = (account: AnAccount, occasion: ViewOccasion = standing) =>
  userView(account.state, account.context(), occasion);

function refusal(account: AnAccount): ViewOccasion {
  const refused = account.ask(true);
  if (refused.outcome !== 'refused') throw new Error(refused.outcome);
  const { limitedBy: limit, resetsAt } = refused.refusal;
  return { kind: 'refused', by: { limit, resetsAt } };
}

test('a new account is shown its whole allowance', () => {
  expect(view(accountOn())).toEqual({
    user: 'user',
    plan: 'free',
    stage: 'clear',
    tier: 'standard',
    percent: 0,
    month: { used: 0, limit: 10, remaining: 10, resetsAt: at('2026-12-24T00:00:00Z') },
    today: { used: 0, limit: 3, remaining: 3, resetsAt: at('2026-11-25T00:00:00Z') },
    limitedBy: null,
    language: 'en',
    upgrade: {
      plan: 'Pro',
      priceText: '$12.50 a month',
      url: 'https://example.com/upgrade',
      benefits: ['Unlimited sessions', 'The strongest model at all times'],
    },
    message: '0 of 10 AI sessions used. Your allowance resets on 24 December.',
  });
});

describe('what remains today', () => {
  test('is what the day leaves, and never more than the month does', () => {
    const account = after(accountOn(), 2);
    expect(view(account).today).toMatchObject({ used: 2, limit: 3, remaining: 1 });
    const nearlyOut = accountOn({ sessions: { ...manySessions, per_day: 9, per_month: 5 } });
    expect(view(after(nearlyOut, 4)).today).toMatchObject({ used: 4, limit: 9, remaining: 1 });
  });

  test('is nothing once a limit of the day refuses, and no number where there is no such limit', () => {
    expect(view(after(accountOn(), 3)).today).toMatchObject({ used: 3, remaining: 0 });
    expect(view(after(accountOn({ sessions: manySessions }), 3)).today).toMatchObject({
      used: 3,
      limit: null,
      remaining: null,
    });
  });

  test('is never below nothing, where an override has taken sessions away', () => {
    const account = after(accountOn(), 2);
    account.override({ sessionsPerDay: 1, sessionsPerPeriod: 1 });
    expect(view(account)).toMatchObject({ today: { remaining: 0 }, month: { remaining: 0 } });
  });

  test('is nothing where the day’s dollars are used up, while the month goes on', () => {
    const account = accountOn({
      sessions: manySessions,
      budget: { per_month: 2, buffer: '20%', per_session: 0.2, per_day: 0.1 },
    });
    after(account, 1, 0.1);
    expect(view(account)).toMatchObject({
      limitedBy: 'usage',
      today: { remaining: 0, resetsAt: at('2026-11-25T00:00:00Z') },
      month: { remaining: 9 },
    });
  });

  test('is not nothing where only running sessions or probation refuse', () => {
    const busy = accountOn({ sessions: { ...manySessions, per_day: 3, concurrent: 1 } });
    startSession(busy);
    expect(view(busy)).toMatchObject({ limitedBy: 'concurrent', today: { remaining: 2 } });
    const untilMidnight = accountOn({ probation: { for: 'PT2H', sessions: 1 } }, at('2026-11-24T22:00:00Z'));
    untilMidnight.register({ registeredAt: untilMidnight.now });
    startSession(untilMidnight);
    expect(view(untilMidnight)).toMatchObject({ limitedBy: 'probation', today: { remaining: 2 } });
  });
});

describe('the limit that is shown', () => {
  const busy = () => {
    const account = accountOn({ sessions: { ...manySessions, concurrent: 1 } });
    startSession(account);
    return account;
  };

  test('is the one that refuses, where nobody asked for anything', () =>
    expect(view(busy()).limitedBy).toBe('concurrent'));

  test('is none beside a session that was just admitted, or a question', () => {
    expect(view(busy(), { kind: 'admitted', tier: 'standard' }).limitedBy).toBeNull();
    expect(view(busy(), { kind: 'confirm' }).limitedBy).toBeNull();
  });

  test('is the one by which a running session must stop, if any', () => {
    expect(view(busy(), { kind: 'running', limitedBy: 'session' }).limitedBy).toBe('session');
    expect(view(busy(), { kind: 'running', limitedBy: null }).limitedBy).toBeNull();
  });

  test('is the one that the refusal named', () => {
    const account = busy();
    const occasion = refusal(account);
    expect(view(account, occasion)).toMatchObject({ limitedBy: 'concurrent', stage: 'clear' });
  });
});

describe('the stage', () => {
  const stageAfter = (sessions: number) => view(after(accountOn({ sessions: manySessions }), sessions)).stage;

  test('follows the ladder', () => {
    expect([6, 7, 8, 9, 10].map(stageAfter)).toEqual(['clear', 'indicator', 'indicator', 'nudge', 'cutoff']);
  });

  test('is a question while one is asked', () =>
    expect(view(after(accountOn({ sessions: manySessions }), 9), { kind: 'confirm' }).stage).toBe('confirm'));

  test('is not yet the cut-off while the last session runs, and is where another was refused', () => {
    const account = after(accountOn({ sessions: manySessions }), 9);
    startSession(account);
    expect(view(account).stage).toBe('cutoff');
    expect(view(account, { kind: 'admitted', tier: 'standard' }).stage).toBe('confirm');
    expect(view(account, refusal(account)).stage).toBe('cutoff');
  });

  test('is the cut-off where dollars refuse for the rest of the month', () => {
    const account = after(accountOn({ sessions: manySessions }), 8, 0.2);
    expect(view(account, refusal(account))).toMatchObject({ stage: 'cutoff', limitedBy: 'usage' });
  });

  test('is not the cut-off where only the day refuses', () => {
    const account = after(accountOn(), 3);
    expect(view(account, refusal(account))).toMatchObject({ stage: 'clear', limitedBy: 'day' });
  });

  test('of who is held out of the ladder is clear until the cut-off', () => {
    const policy = policyWith((plan) => ({ ...plan, probation: null, sessions: manySessions }));
    const everyone = { ...policy, growth: { holdout: '100%' } };
    const heldOut = (sessions: number) => view(after(new AnAccount(start, everyone), sessions)).stage;
    expect([7, 9, 10].map(heldOut)).toEqual(['clear', 'clear', 'cutoff']);
  });

  test('tells that a person looks, or has said no', () => {
    const account = accountOn().flag('under_review');
    expect(view(account)).toMatchObject({ stage: 'review', limitedBy: 'review' });
    account.review('reject');
    expect(view(account)).toMatchObject({ stage: 'suspended', limitedBy: 'suspended' });
  });
});

describe('the tier', () => {
  test('is the session’s own where one was admitted, else that of the next', () => {
    const account = after(accountOn({ sessions: manySessions }), 8);
    expect(view(account).tier).toBe('economy');
    expect(view(account, { kind: 'admitted', tier: 'standard' }).tier).toBe('standard');
    expect(view(after(accountOn({ sessions: manySessions }), 7)).tier).toBe('standard');
  });

  test('is economy for who is restricted, and the message says why', () => {
    const account = accountOn().flag('restricted');
    expect(view(account)).toMatchObject({ tier: 'economy', stage: 'clear' });
    expect(view(account).message).toContain('a person takes a quick look');
    expect(view(accountOn()).message).not.toContain('a person takes a quick look');
  });

  test('is economy where no hold fits', () => {
    const budget = { per_month: 2, buffer: '0%', per_session: 0.2, per_day: null };
    const account = after(accountOn({ sessions: manySessions, degrade: null, budget }), 9, 0.21);
    expect(view(account).tier).toBe('economy');
  });
});

describe('the message', () => {
  const tookMuch = 'That took a lot of AI';

  test('speaks of the dimension that is nearer its end; of sessions where both are', () => {
    expect(view(after(accountOn({ sessions: manySessions }), 7, 0.01)).message).not.toContain(tookMuch);
    expect(view(after(accountOn({ sessions: manySessions }), 7, 0.16)).message).not.toContain(tookMuch);
    expect(view(after(accountOn({ sessions: manySessions }), 7, 0.17)).message).toContain(tookMuch);
  });

  test('says how many sessions run, and how many may', () => {
    const account = accountOn();
    startSession(account);
    startSession(account);
    expect(view(account, refusal(account)).message).toContain('2 of 2 AI sessions running at once');
  });

  test('says with how many sessions new accounts start', () => {
    const account = accountOn({ sessions: manySessions, probation: { for: 'PT2H', sessions: 2 } });
    account.register({ registeredAt: start });
    after(account, 2).forward(-hour - minute);
    expect(view(account).message).toContain('New accounts start with 2 AI sessions');
  });
});

describe('on a paid plan', () => {
  const paying = (plan: string | null = null) => {
    const account = after(accountOn(), 3);
    account.bill('upgraded', { plan });
    return account;
  };

  test('nothing of the free one is shown but what was used', () => {
    expect(view(paying('Team'))).toMatchObject({
      plan: 'Team',
      stage: 'clear',
      percent: 0,
      month: { used: 3, limit: null, remaining: null },
      today: { used: 3, limit: null, remaining: null },
      limitedBy: null,
    });
    expect(view(paying('Team')).message).toContain('Team');
  });

  test('the policy’s own is named where billing named none', () => expect(view(paying()).plan).toBe('Pro'));

  test('a person’s word is still shown', () => {
    const account = paying().flag('under_review');
    const review = view(account);
    expect(review).toMatchObject({ stage: 'review', month: { limit: null } });
    account.review('reject');
    const suspended = view(account);
    expect(suspended.stage).toBe('suspended');
    expect(suspended.message).not.toBe(review.message);
    expect(review.message).toBe(view(accountOn().flag('under_review')).message);
  });
});

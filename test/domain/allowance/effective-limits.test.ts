import { describe, expect, test } from 'vitest';
import { termsOfPeriod } from '../../../domain/account/context.ts';
import { issueCommand } from '../../../domain/account/issue-command.ts';
import { currentTermsInForce } from '../../../domain/allowance/terms-in-force.ts';
import { reviewId } from '../../../domain/ids.ts';
import { type Milliseconds, hour, instant } from '../../../domain/instant.ts';
import { microUsdFromDollars } from '../../../domain/money.ts';
import { userView } from '../../../domain/usage-view.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const day: Milliseconds = 24 * hour;
const roomy = policyWith((plan) => ({
  ...plan,
  probation: null,
  sessions: { ...plan.sessions, per_day: null },
}));

/** As the risk rule will do it: half of everything while a person looks. */
function restrict(account: AnAccount): void {
  account.period();
  account.state = issueCommand(account.state, {
    key: 'flag',
    kind: 'flag',
    reviewId: reviewId('rev'),
    to: 'restricted',
    by: 'risk rule',
    note: '',
    at: account.now,
  });
}

test('an account with nothing put over its plan is judged by the plan’s own terms, without a copy', () => {
  const account = new AnAccount();
  account.session();
  const context = account.context();
  expect(currentTermsInForce(account.state, context)).toBe(termsOfPeriod(account.period(), context));
});

describe('a grant', () => {
  test('adds to the plan, and the limit says what comes from where', () => {
    const account = new AnAccount();
    const until = instant(account.now + 40 * day);
    const id = account.grant({ sessions: 5, dollars: 1 }, { until });
    const { sessionsPerPeriod, hardBudget, visibleBudget, sessionsPerDay } = account.limits();
    expect(sessionsPerPeriod).toEqual({
      value: 15,
      source: 'grant',
      contributions: [
        { source: 'plan', value: 10, modifierId: null, reason: null, until: null },
        { source: 'grant', value: 5, modifierId: id, reason: 'a good customer', until },
      ],
    });
    expect(hardBudget.value).toBe(3_000_000);
    expect(visibleBudget.value).toBe(2_600_000);
    expect(sessionsPerDay).toMatchObject({ value: 3, source: 'plan' });
  });

  test('is what the user sees at once', () => {
    const account = new AnAccount();
    account.grant({ sessions: 5 });
    const view = userView(account.state, account.context(), { kind: 'standing' });
    expect(view.month).toMatchObject({ limit: 15, remaining: 15 });
  });

  test('lets a user who was cut off go on, and no threshold fires a second time in that period', () => {
    const account = new AnAccount(at('2026-11-01T10:00:00Z'), roomy);
    for (let session = 0; session < 10; session += 1) account.session();
    expect(account.ask(true)).toMatchObject({ outcome: 'refused', refusal: { limitedBy: 'month' } });
    account.grant({ sessions: 10 });
    const crossed = account.added.crossings.length;
    expect(userView(account.state, account.context(), { kind: 'standing' })).toMatchObject({
      stage: 'clear',
      percent: 50,
    });
    for (let session = 0; session < 10; session += 1) {
      expect(account.forward(hour).session()).not.toBe('refused');
    }
    expect(account.session()).toBe('refused');
    expect(account.added.crossings).toHaveLength(crossed);
  });

  test('starts and ends by the clock alone', () => {
    const account = new AnAccount();
    account.grant(
      { sessions: 5 },
      { from: instant(account.now + day), until: instant(account.now + 2 * day) },
    );
    const limitAfter = (time: Milliseconds) => account.forward(time).limits().sessionsPerPeriod.value;
    expect([limitAfter(0), limitAfter(day), limitAfter(day - 1), limitAfter(1)]).toEqual([10, 15, 15, 10]);
  });
});

describe('an override', () => {
  test('replaces the plan’s limit; the visible budget keeps the plan’s share of the buffer', () => {
    const account = new AnAccount();
    const id = account.override({ hardBudget: microUsdFromDollars(5), sessionsPerDay: null });
    const { hardBudget, visibleBudget, sessionsPerDay, sessionsPerPeriod } = account.limits();
    expect(hardBudget).toMatchObject({ value: 5_000_000, source: 'override' });
    expect(hardBudget.contributions).toMatchObject([{ source: 'override', modifierId: id }]);
    expect(visibleBudget).toMatchObject({ value: 4_000_000, source: 'override' });
    expect(sessionsPerDay.value).toBeNull();
    expect(sessionsPerPeriod).toMatchObject({ value: 10, source: 'plan' });
  });

  test('of several, the highest priority rules each limit, then the newest', () => {
    const account = new AnAccount();
    account.override({ sessionsPerPeriod: 20, concurrentSessions: 4 }, { priority: 200 });
    account.override({ sessionsPerPeriod: 30, concurrentSessions: 5, sessionsPerDay: 7 });
    account.override({ sessionsPerDay: 8 });
    const { sessionsPerPeriod, concurrentSessions, sessionsPerDay } = account.limits();
    expect([sessionsPerPeriod.value, concurrentSessions.value, sessionsPerDay.value]).toEqual([20, 4, 8]);
  });

  test('under a grant: the grant adds to the override', () => {
    const account = new AnAccount();
    account.grant({ sessions: 5 });
    account.override({ sessionsPerPeriod: 20 });
    expect(account.limits().sessionsPerPeriod).toMatchObject({ value: 25, source: 'grant' });
  });

  test('of the session cap leaves a cheaper economy tier as cheap as the plan has it', () => {
    const policy = policyWith((plan) => ({ ...plan, degrade: { per_session: 0.05 } }));
    const account = new AnAccount(undefined, policy);
    account.override({ sessionCap: microUsdFromDollars(0.5) });
    expect(account.limits().sessionCap).toMatchObject({
      standard: { value: 500_000 },
      economy: { value: 50_000, source: 'override' },
    });
  });

  test('withdrawn gives the plan back, and cannot be withdrawn twice', () => {
    const account = new AnAccount();
    const id = account.override({ sessionsPerPeriod: 20 });
    expect(account.withdraw(id)).toBe(true);
    expect(account.withdraw(id)).toBe(false);
    expect(account.limits().sessionsPerPeriod).toMatchObject({ value: 10, source: 'plan' });
  });
});

describe('a restricted standing', () => {
  test('halves the day, rounded up, and the session’s dollars, on the economy tier', () => {
    const account = new AnAccount();
    restrict(account);
    const { sessionsPerDay, sessionCap, tierCeiling, sessionsPerPeriod } = account.limits();
    expect(sessionsPerDay).toMatchObject({ value: 2, source: 'standing' });
    expect(sessionCap.economy).toMatchObject({ value: 100_000, source: 'standing' });
    expect(tierCeiling).toMatchObject({ value: 'economy', source: 'standing' });
    expect(sessionsPerPeriod.source).toBe('plan');
    expect(account.ask()).toMatchObject({
      outcome: 'admitted',
      session: { tier: 'economy', cap: 100_000 },
    });
  });

  test('leaves one session a day where the plan has one', () => {
    const account = new AnAccount();
    account.override({ sessionsPerDay: 1 });
    restrict(account);
    expect(account.limits().sessionsPerDay.value).toBe(1);
  });

  test('lets running sessions finish', () => {
    const account = new AnAccount();
    const admission = account.ask();
    if (admission.outcome !== 'admitted') throw new Error('a new account was refused');
    restrict(account);
    expect(account.use(admission.session.id, 0.15)).toMatchObject({ continue: true });
  });
});

test('probation shows its sessions while it lasts', () => {
  const account = new AnAccount();
  account.register({ registeredAt: account.now });
  expect(account.limits().probationSessions).toMatchObject({ value: 2, source: 'probation' });
  account.forward(2 * hour);
  expect(account.limits().probationSessions).toBeNull();
});

import { describe, expect, test } from 'vitest';
import { entitlementInForce } from '../../../domain/account/entitlement.ts';
import { issueCommand } from '../../../domain/account/issue-command.ts';
import { nextChange } from '../../../domain/account/modifier.ts';
import type { BindingLimit } from '../../../domain/allowance/limits.ts';
import { reviewId } from '../../../domain/ids.ts';
import { hour, instant, minute } from '../../../domain/instant.ts';
import { microUsdFromDollars } from '../../../domain/money.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const noon = at('2026-11-24T12:00:00Z');
const midnight = at('2026-11-25T00:00:00Z');

function binding(account: AnAccount): readonly BindingLimit[] {
  account.period();
  const admission = account.ask(true);
  if (admission.outcome !== 'refused') throw new Error(`expected a refusal, got ${admission.outcome}`);
  const { limitedBy, resetsAt, violated } = admission.refusal;
  expect(violated[0]).toEqual({ limit: limitedBy, resetsAt });
  return violated;
}

const names = (account: AnAccount) => binding(account).map(({ limit }) => limit);

/** Limits as a test needs them, with nothing else in the way. */
const withSessions = (
  sessions: { per_day?: number | null; per_month?: number; concurrent?: number },
  budget: { per_day?: number; per_month?: number; per_session?: number } = {},
) =>
  policyWith((plan) => ({
    ...plan,
    probation: null,
    degrade: null,
    sessions: { per_day: null, per_month: 100, concurrent: 100, ...sessions },
    budget: { per_month: 100, buffer: '0%', per_session: 0.2, ...budget },
  }));

describe('of several limits that bind, the answer names', () => {
  test('the one that frees last: the month before the day', () => {
    const account = new AnAccount(noon, withSessions({ per_day: 1, per_month: 1 }));
    account.session();
    expect(binding(account)).toEqual([
      { limit: 'month', resetsAt: account.period().endsAt },
      { limit: 'day', resetsAt: midnight },
    ]);
  });

  test('the day before a probation that ends sooner, and the probation where it ends later', () => {
    const policy = policyWith((plan) => ({
      ...plan,
      sessions: { per_day: 1, per_month: 10 },
      probation: { for: 'PT2H', sessions: 1 },
    }));
    const early = new AnAccount(noon, policy).register({ registeredAt: noon });
    early.session();
    expect(binding(early)).toEqual([
      { limit: 'day', resetsAt: midnight },
      { limit: 'probation', resetsAt: instant(noon + 2 * hour) },
    ]);
    const lateEvening = instant(midnight - hour);
    const late = new AnAccount(lateEvening, policy).register({ registeredAt: lateEvening });
    late.session();
    expect(names(late)).toEqual(['probation', 'day']);
  });

  test('running sessions last, even where they would run out after everything else', () => {
    const account = new AnAccount(instant(midnight - minute), withSessions({ per_day: 1, concurrent: 1 }));
    account.ask();
    expect(binding(account)).toEqual([
      { limit: 'day', resetsAt: midnight },
      { limit: 'concurrent', resetsAt: instant(midnight + 29 * minute) },
    ]);
  });

  test('the month where day and month end at the same instant', () => {
    const policy = withSessions({ per_day: 1, per_month: 1 });
    const daily = {
      ...policy,
      plans: { free: { ...policy.plans['free'], period: { every: 'P1D', anchor: 'calendar' as const } } },
    };
    const account = new AnAccount(noon, daily as typeof policy);
    account.session();
    expect(binding(account)).toEqual([
      { limit: 'month', resetsAt: midnight },
      { limit: 'day', resetsAt: midnight },
    ]);
  });

  test.each([
    ['under_review' as const, 'review'],
    ['suspended' as const, 'suspended'],
  ])('a person’s word before everything that time heals: %s', (standing, limit) => {
    const account = new AnAccount(noon, withSessions({ per_month: 1 }));
    account.session();
    const act = { reviewId: reviewId('rev'), by: 'someone', note: '', at: account.now };
    account.state = issueCommand(account.state, { ...act, key: 'flag', kind: 'flag' });
    if (standing === 'suspended')
      account.state = issueCommand(account.state, { ...act, key: 'no', kind: 'reject' });
    expect(binding(account)).toEqual([
      { limit, resetsAt: null },
      { limit: 'month', resetsAt: account.period().endsAt },
    ]);
  });

  test('the month’s dollars before the day’s', () => {
    const account = new AnAccount(noon, withSessions({}, { per_month: 0.2, per_day: 0.1 }));
    account.session(0.2);
    expect(binding(account)).toEqual([
      { limit: 'usage', resetsAt: account.period().endsAt },
      { limit: 'usage', resetsAt: midnight },
    ]);
  });
});

describe('the day’s dollars', () => {
  const policy = withSessions({}, { per_day: 0.3 });

  test('bind once they are spent, until the day ends; holds do not count against them', () => {
    const account = new AnAccount(noon, policy);
    account.session(0.19);
    const running = account.ask();
    expect(running.outcome).toBe('admitted');
    expect(account.ask().outcome).toBe('admitted');
    if (running.outcome === 'admitted') account.use(running.session.id, 0.11);
    expect(binding(account)).toEqual([{ limit: 'usage', resetsAt: midnight }]);
    account.now = midnight;
    expect(account.ask().outcome).toBe('admitted');
  });
});

describe('a limit of running sessions frees', () => {
  test('when as many have run out as are too many, also after an override has lowered it', () => {
    const account = new AnAccount(noon, withSessions({ concurrent: 3 }));
    for (let started = 0; started < 3; started += 1) {
      account.ask();
      account.forward(minute);
    }
    expect(binding(account)).toEqual([{ limit: 'concurrent', resetsAt: instant(noon + 30 * minute) }]);
    account.override({ concurrentSessions: 2 });
    expect(binding(account)).toEqual([{ limit: 'concurrent', resetsAt: instant(noon + 31 * minute) }]);
  });

  test('where their holds take the room, when enough of them has run out', () => {
    // Room for two holds of 0.20; after an override of the cap the next needs both of them back.
    const account = new AnAccount(noon, withSessions({}, { per_month: 0.4 }));
    account.ask();
    account.forward(minute).ask();
    expect(binding(account)).toEqual([{ limit: 'concurrent', resetsAt: instant(noon + 30 * minute) }]);
    account.override({ sessionCap: microUsdFromDollars(0.4) });
    expect(binding(account)).toEqual([{ limit: 'concurrent', resetsAt: instant(noon + 31 * minute) }]);
  });

  test('and where no session that ends would make room, the dollars are named', () => {
    const account = new AnAccount(noon, withSessions({}, { per_month: 0.4 }));
    account.session(0.15);
    account.session(0.1);
    expect(binding(account)).toEqual([{ limit: 'usage', resetsAt: account.period().endsAt }]);
  });

  test('when an ended session’s authorizations expire, if those hold the room', () => {
    const account = new AnAccount(noon, withSessions({}, { per_month: 0.2 }));
    const admission = account.ask();
    if (admission.outcome !== 'admitted') throw new Error('a new account was refused');
    account.authorize(admission.session.id);
    account.end(admission.session.id);
    expect(binding(account)).toEqual([{ limit: 'concurrent', resetsAt: instant(noon + 30 * minute) }]);
    account.forward(30 * minute);
    expect(account.ask().outcome).toBe('admitted');
  });
});

test('a decision on grants and overrides holds until the next of them starts or ends', () => {
  const account = new AnAccount(noon);
  account.grant({ sessions: 1 }, { until: instant(noon + 3 * hour) });
  account.grant({ sessions: 1 }, { from: instant(noon + 2 * hour) });
  const modifiers = entitlementInForce(account.state).modifiers ?? [];
  const change = (hours: number) => nextChange(modifiers, instant(noon + hours * hour));
  expect([change(0), change(2), change(3)]).toEqual([noon + 2 * hour, noon + 3 * hour, null]);
});

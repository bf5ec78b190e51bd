import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entitlementInForce } from '../../../domain/account/entitlement.ts';
import { hour } from '../../../domain/instant.ts';
import { explainDecision } from '../../../domain/story/explanation.ts';
import { userView } from '../../../domain/usage-view.ts';
import { AnAccount, at } from '../an-account.ts';

const viewOf = (account: AnAccount) => userView(account.state, account.context(), { kind: 'standing' });

/** All ten sessions of the month, three a day. */
function usedUp(): AnAccount {
  const account = new AnAccount();
  for (let session = 0; session < 10; session += 1) {
    account.session();
    account.forward(12 * hour);
  }
  expect(account.ask().outcome).toBe('refused');
  return account;
}

const refusedBy = (account: AnAccount) => {
  const admission = account.ask();
  return admission.outcome === 'refused' ? admission.refusal.limitedBy : admission.outcome;
};

describe('an upgrade', () => {
  test('lifts month, day, running sessions and dollars at once, and asks nothing', () => {
    const account = usedUp();
    expect(account.bill('upgraded')).toEqual({ outcome: 'applied', command: 1 });
    const admitted = Array.from({ length: 30 }, () => account.ask());
    expect(new Set(admitted.map(({ outcome }) => outcome))).toEqual(new Set(['admitted']));
    for (const admission of admitted)
      if (admission.outcome === 'admitted') {
        expect(account.use(admission.session.id, 5)).toMatchObject({ continue: true, limitedBy: null });
      }
    expect(account.period()).toMatchObject({ sessionsUsed: 40, spent: 150_100_000 });
  });

  test('shows the paid plan, no limit, no stage, and what was used', () => {
    const account = usedUp();
    account.bill('upgraded', { plan: 'Team' });
    expect(viewOf(account)).toMatchObject({
      plan: 'Team',
      stage: 'clear',
      percent: 0,
      limitedBy: null,
      tier: 'standard',
      month: { used: 10, limit: null, remaining: null },
      today: { limit: null, remaining: null },
      message: 'You are on the plan Team: the limits of the free plan do not apply. 10 AI sessions used.',
    });
    expect(explainDecision(account.state, account.context())).toMatchObject({ binding: [] });
  });

  test('takes the name of the policy’s paid plan where none is told', () => {
    const account = new AnAccount();
    account.ask();
    account.bill('upgraded');
    expect(viewOf(account).plan).toBe('Pro');
  });

  test('crosses no step of the ladder any more, so that no nudge can follow', () => {
    const account = new AnAccount();
    account.ask();
    account.bill('upgraded');
    for (let session = 0; session < 20; session += 1) expect(account.session(1)).toBe('admitted');
    expect(account.added.crossings).toEqual([]);
    expect(account.added.reviews).toEqual([]);
  });

  test('grants every call whole, whatever it costs, and its usage keeps exact books', () => {
    const account = new AnAccount();
    account.ask();
    account.bill('upgraded');
    const admission = account.ask();
    if (admission.outcome !== 'admitted') throw new Error(admission.outcome);
    const { id, cap } = admission.session;
    const granted = account.authorize(id, { maxOutputTokens: 64_000 });
    if (granted.outcome !== 'granted') throw new Error(granted.outcome);
    expect(granted.authorization).toMatchObject({ outputTokens: 64_000, reserved: cap });
    account.use(id, 0.9, { authorizationId: granted.authorization.id });
    account.end(id);
    expect(account.period()).toMatchObject({ spent: 900_000, held: cap, overshoot: 900_000 - cap });
  });

  test('leaves a person’s word and the risk rule’s as they are', () => {
    const account = new AnAccount();
    account.register({ registeredAt: account.now });
    for (let attempt = 0; attempt < 25; attempt += 1) account.ask();
    expect(refusedBy(account)).toBe('review');
    account.bill('upgraded');
    expect(refusedBy(account)).toBe('review');
    expect(viewOf(account)).toMatchObject({ stage: 'review', month: { limit: null } });
    expect(viewOf(account).message).toMatch(/a person decides/i);
  });
});

describe('a downgrade', () => {
  test('puts the free plan in force again and fills nothing up', () => {
    const account = usedUp();
    account.bill('upgraded');
    account.session();
    account.forward(hour);
    expect(account.bill('downgraded')).toMatchObject({ outcome: 'applied' });
    expect(account.period().sessionsUsed).toBe(11);
    expect(refusedBy(account)).toBe('month');
    expect(viewOf(account)).toMatchObject({ plan: 'free', month: { used: 11, limit: 10, remaining: 0 } });
    account.goTo('2026-12-24T10:00:00Z');
    expect(account.session()).toBe('admitted');
    expect(account.period()).toMatchObject({ number: 2, sessionsUsed: 1 });
  });

  test('does not hold against a user how often they asked while they paid', () => {
    const account = new AnAccount();
    account.register({ registeredAt: account.now });
    account.ask();
    account.bill('upgraded');
    for (let session = 0; session < 40; session += 1) account.session();
    account.bill('downgraded');
    account.goTo('2026-12-24T10:00:00Z');
    expect(refusedBy(account)).toBe('admitted');
  });

  test('names the free plan to go on with from the next period', () => {
    const account = new AnAccount();
    account.ask();
    account.bill('upgraded');
    account.bill('downgraded', { plan: 'free' });
    expect(account.state.account.plan).toBe('free');
  });
});

describe('what is repeated or comes late changes nothing and says so', () => {
  const ten = at('2026-11-24T10:00:00Z');
  const nine = at('2026-11-24T09:00:00Z');
  test.each([
    ['an upgrade of who has upgraded', ['upgraded'], 'upgraded', ten, 'already_upgraded'],
    ['a downgrade of who never upgraded', [], 'downgraded', ten, 'not_upgraded'],
    ['a downgrade told twice', ['upgraded', 'downgraded'], 'downgraded', ten, 'not_upgraded'],
    ['a downgrade from before the upgrade', ['upgraded'], 'downgraded', nine, 'superseded'],
    ['an upgrade from before the downgrade', ['upgraded', 'downgraded'], 'upgraded', nine, 'superseded'],
  ] as const)('%s', (_name, before, event, occurredAt, reason) => {
    const account = new AnAccount();
    account.ask();
    for (const told of before) account.bill(told);
    const { commands } = account.added;
    const entitlement = entitlementInForce(account.state);
    expect(account.bill(event, { occurredAt })).toEqual({ outcome: 'unchanged', reason });
    expect(account.added.commands).toEqual(commands);
    expect(entitlementInForce(account.state)).toEqual(entitlement);
  });
});

test('billing events in any order leave what was used, and end where the newest accepted one says', () => {
  const told = fc.array(
    fc.record({
      event: fc.constantFrom('upgraded' as const, 'downgraded' as const),
      minutesAgo: fc.integer({ min: 0, max: 90 }),
      pause: fc.integer({ min: 0, max: 60 }),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(told, (events) => {
      const account = new AnAccount();
      account.session();
      let last: { event: string; since: number } | null = null;
      for (const { event, minutesAgo, pause } of events) {
        account.forward(pause * 60_000);
        const occurredAt = at(new Date(account.now - minutesAgo * 60_000).toISOString());
        const answer = account.bill(event, { occurredAt });
        const wouldMove = event === (last?.event === 'upgraded' ? 'downgraded' : 'upgraded');
        const isLate = last !== null && occurredAt < last.since;
        expect(answer.outcome).toBe(wouldMove && !isLate ? 'applied' : 'unchanged');
        if (answer.outcome === 'applied') last = { event, since: occurredAt };
      }
      const { billing } = entitlementInForce(account.state);
      expect(billing?.lifecycle).toBe(
        last === null ? undefined : last.event === 'upgraded' ? 'upgraded' : 'active',
      );
      expect(account.period()).toMatchObject({ sessionsUsed: 1, spent: 10_000 });
    }),
  );
});

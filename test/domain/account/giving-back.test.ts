import { describe, expect, test } from 'vitest';
import { hour, minute } from '../../../domain/instant.ts';
import { startSession } from '../account-on.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const started = (account: AnAccount): string => startSession(account).id;

const start = at('2026-11-24T10:00:00Z');
const roomy = policyWith((plan) => ({
  ...plan,
  probation: null,
  degrade: null,
  sessions: { per_day: 50, per_month: 100, concurrent: 10 },
}));

function endUnused(account: AnAccount, times: number): AnAccount {
  for (let session = 0; session < times; session += 1) {
    account.forward(10 * minute).end(started(account));
  }
  return account;
}

const dayOf = ({ state }: AnAccount) => state.account.day;

describe('an unused session', () => {
  test('is given back to its period and its day, three times a day', () => {
    const account = endUnused(new AnAccount(start, roomy), 3);
    expect(account.period().sessionsUsed).toBe(0);
    expect(dayOf(account)).toMatchObject({ sessions: 0, refunds: 3 });
    endUnused(account, 2);
    expect(account.period().sessionsUsed).toBe(2);
    expect(dayOf(account)).toMatchObject({ sessions: 2, refunds: 3 });
  });

  test('is given back again the next day', () => {
    const account = endUnused(new AnAccount(start, roomy), 4).forward(24 * hour);
    expect(endUnused(account, 3).period().sessionsUsed).toBe(1);
  });

  test('of yesterday that ends today is given back to its period and not to today', () => {
    const account = new AnAccount(at('2026-11-24T23:50:00Z'), roomy);
    const yesterdays = started(account);
    account.goTo('2026-11-25T00:05:00Z');
    account.use(started(account), 0.01);
    account.end(yesterdays);
    expect(account.period().sessionsUsed).toBe(1);
    expect(dayOf(account)).toMatchObject({ sessions: 1, refunds: 1 });
  });

  test('tells in which version of its account it was given back', () => {
    const account = new AnAccount(start, roomy);
    const id = started(account);
    const { version } = account.state.account;
    account.end(id);
    const session = account.state.sessions.find((one) => one.id === id);
    expect(session).toMatchObject({
      counted: false,
      givenBackVersion: version + 1,
      endedVersion: version + 1,
    });
  });

  test('that runs out is given back at the instant it ran out', () => {
    const account = new AnAccount(start, roomy);
    const id = started(account);
    const session = account.state.sessions.find((one) => one.id === id);
    account.forward(24 * hour).use(started(account), 0.01);
    const ended = account.state.sessions.find((one) => one.id === id);
    expect(ended).toMatchObject({ end: 'expired', endedAt: session?.expiresAt, counted: false });
  });
});

test('sessions and authorizations that ran out meanwhile are settled in the order in which they did', () => {
  const account = new AnAccount(start, roomy);
  const first = started(account);
  account.forward(minute);
  const second = started(account);
  account.authorize(second);
  account.forward(48 * hour).use(started(account), 0.01);
  const endOf = (id: string) => account.state.sessions.find((one) => one.id === id);
  expect(endOf(first)?.endedAt).toBeLessThan(Number(endOf(second)?.endedAt));
  expect(endOf(second)).toMatchObject({ held: 0, counted: false });
  expect(account.period()).toMatchObject({ sessionsUsed: 1 });
});

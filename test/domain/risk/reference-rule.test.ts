import { describe, expect, test } from 'vitest';
import { bringUpToDate, today } from '../../../domain/account/bring-up-to-date.ts';
import { withAccount } from '../../../domain/account/change.ts';
import type { Account } from '../../../domain/account/state.ts';
import { hour, instant, minute } from '../../../domain/instant.ts';
import { evidenceOf, withoutEvidence } from '../../../domain/risk/evidence.ts';
import { scoreRisk } from '../../../domain/risk/reference-rule.ts';
import { AnAccount, at } from '../an-account.ts';

const now = at('2026-11-24T10:00:00Z');

/** An account with nothing that speaks against it, but for what is given. */
function stateWith({ attempts = 0, ...account }: Partial<Account> & { readonly attempts?: number }) {
  const someone = new AnAccount(now);
  const opened = bringUpToDate(someone.state, someone.context());
  return withAccount(opened, { ...account, day: { ...today(opened), attempts } });
}

const score = (evidence: Parameters<typeof stateWith>[0]) => scoreRisk(stateWith(evidence), now);

/** Attempts with these pauses between them, the last one now. */
function attemptsWithPauses(...pauses: readonly number[]): Pick<Account, 'recentAttempts'> {
  const total = pauses.reduce((sum, pause) => sum + pause, 0);
  let last = now - total;
  const instants = [last, ...pauses.map((pause) => (last += pause))];
  return { recentAttempts: instants.map((each) => instant(each)) };
}

const inputs = (count: number, different: number): Pick<Account, 'recentInputs'> => ({
  recentInputs: Array.from({ length: count }, (_, index) => `input ${index % different}`),
});

test('without evidence there are no points', () => {
  expect(score({})).toEqual({ score: 0, signals: [] });
});

describe('a new account', () => {
  const registered = (ago: number, registrationGiven = true) =>
    score({ registrationGiven, registeredAt: instant(now - ago) });
  const newAccount = (minutes: number) => ({
    score: 30,
    signals: [{ name: 'new_account', points: 30, detail: `registered ${minutes} minutes ago` }],
  });

  test('is one that was registered less than two hours ago, told in whole minutes', () => {
    expect(registered(0)).toEqual(newAccount(0));
    expect(registered(35 * minute + 59_999)).toEqual(newAccount(35));
    expect(registered(2 * hour - 1)).toEqual(newAccount(119));
    expect(registered(2 * hour)).toEqual({ score: 0, signals: [] });
  });

  test('that an app with a fast clock registers in our future is no minutes old', () => {
    expect(registered(-5 * minute)).toEqual(newAccount(0));
  });

  test('of first contact says nothing: its real age is not known', () => {
    expect(registered(minute, false)).toEqual({ score: 0, signals: [] });
  });
});

describe('machine speed', () => {
  const fast = (seconds: string, pauses: number) => ({
    score: 25,
    signals: [{ name: 'machine_speed', points: 25, detail: `median pause of ${seconds} s over ${pauses}` }],
  });
  const nothing = { score: 0, signals: [] };

  test('is a median pause below three seconds', () => {
    expect(score(attemptsWithPauses(2_999, 2_999, 2_999, 2_999, 2_999))).toEqual(fast('3.0', 5));
    expect(score(attemptsWithPauses(3_000, 3_000, 3_000, 3_000, 3_000))).toEqual(nothing);
  });

  test('takes five pauses: four are an accident', () => {
    expect(score(attemptsWithPauses(100, 100, 100, 100))).toEqual(nothing);
    expect(score(attemptsWithPauses(100, 100, 100, 100, 100))).toEqual(fast('0.1', 5));
  });

  test('is judged by the middle pause, in whatever order they came', () => {
    expect(score(attemptsWithPauses(60_000, 1_000, 60_000, 1_500, 2_000))).toEqual(fast('2.0', 5));
    expect(score(attemptsWithPauses(60_000, 1_000, 60_000, 1_500, 10_000))).toEqual(nothing);
    // As text, 10,000 would sort before 2,000.
    expect(score(attemptsWithPauses(10_000, 2_000, 2_500, 20_000, 2_200))).toEqual(fast('2.5', 5));
  });

  test('of an even number of pauses is that between the two in the middle', () => {
    expect(score(attemptsWithPauses(9_000, 1_000, 4_500, 1_000, 9_000, 1_300))).toEqual(fast('2.9', 6));
    expect(score(attemptsWithPauses(9_000, 1_000, 5_000, 1_000, 9_000, 1_300))).toEqual(nothing);
  });
});

test('more than twenty attempts in a day are many', () => {
  expect(score({ attempts: 20 })).toEqual({ score: 0, signals: [] });
  expect(score({ attempts: 21 })).toEqual({
    score: 25,
    signals: [{ name: 'many_attempts', points: 25, detail: '21 attempts today, refused ones included' }],
  });
});

test('inputs are alike where fewer than fifteen in a hundred differ', () => {
  expect(score(inputs(20, 3))).toEqual({ score: 0, signals: [] });
  expect(score(inputs(20, 2))).toEqual({
    score: 20,
    signals: [{ name: 'low_diversity', points: 20, detail: '10 % of 20 inputs differ' }],
  });
  expect(score(inputs(1, 1))).toEqual({ score: 0, signals: [] });
});

const everything = {
  registrationGiven: true,
  registeredAt: now,
  attempts: 255,
  ...attemptsWithPauses(10, 10, 10, 10, 10),
  ...inputs(32, 1),
};

test('points of all signals add up', () => {
  expect(score(everything).score).toBe(100);
  expect(score(everything).signals.map(({ name }) => name)).toEqual([
    'new_account',
    'machine_speed',
    'many_attempts',
    'low_diversity',
  ]);
});

test('evidence that was judged is forgotten, but for the age of the account', () => {
  const judged = withoutEvidence(stateWith(everything));
  expect(scoreRisk(judged, now).signals.map(({ name }) => name)).toEqual(['new_account']);
  expect(judged.account).toMatchObject({ recentAttempts: [], recentInputs: [] });
  expect(today(judged).endsAt).toBe(today(stateWith({})).endsAt);
});

test('a review shows each signal with its points and what was seen', () => {
  expect(evidenceOf(score(inputs(20, 2)))).toEqual([
    { signal: 'low_diversity', points: 20, detail: '10 % of 20 inputs differ' },
  ]);
});

import { expect, test } from 'vitest';
import { AnAccount, at, policyWith } from '../an-account.ts';

const roomy = policyWith((plan) => ({
  ...plan,
  probation: null,
  sessions: { ...plan.sessions, per_day: null },
}));
const start = at('2026-11-24T10:00:00Z');
const standing = (account: AnAccount) => account.added.commands.map(({ kind }) => kind);

test('a fast script on a new account is flagged and spends nothing more', () => {
  const account = new AnAccount(start, roomy).register({ registeredAt: start });
  for (let attempt = 0; attempt < 7; attempt += 1) {
    account.ask(true);
    account.forward(1_000);
  }
  expect(standing(account)).toEqual(['flag']);
  expect(account.added.reviews[0]).toMatchObject({ score: 55 });
  const refused = account.ask(true);
  expect(refused).toMatchObject({ outcome: 'refused', refusal: { limitedBy: 'review', resetsAt: null } });
});

test('speed alone flags nobody', () => {
  const account = new AnAccount(start, roomy);
  for (let attempt = 0; attempt < 15; attempt += 1) account.ask(true);
  expect(standing(account)).toEqual([]);
});

test('refused attempts count: more than twenty a day at machine speed flag an account', () => {
  const account = new AnAccount(start, roomy);
  for (let attempt = 0; attempt < 20; attempt += 1) account.ask(true);
  expect(standing(account)).toEqual([]);
  account.ask(true);
  expect(standing(account)).toEqual(['flag']);
});

test('four pauses are no evidence of speed, and no inputs are no evidence of sameness', () => {
  const account = new AnAccount(start, roomy).register({ registeredAt: start });
  for (let attempt = 0; attempt < 5; attempt += 1) account.ask(true);
  expect(standing(account)).toEqual([]);
});

test('a person who takes their time is never flagged, however new', () => {
  const account = new AnAccount(start, roomy).register({ registeredAt: start });
  for (let attempt = 0; attempt < 20; attempt += 1) {
    account.ask(true);
    account.forward(40_000);
  }
  expect(standing(account)).toEqual([]);
});

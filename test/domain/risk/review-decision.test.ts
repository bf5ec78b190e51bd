import { expect, test } from 'vitest';
import { reviewId } from '../../../domain/ids.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const roomy = policyWith((plan) => ({
  ...plan,
  probation: null,
  sessions: { ...plan.sessions, per_day: null },
}));
const start = at('2026-11-24T10:00:00Z');
const flagged = () => new AnAccount(start, roomy).flag('under_review');

test('a word on an account without a review changes nothing', () => {
  const account = new AnAccount(start, roomy);
  expect(account.review('approve')).toEqual({ outcome: 'unchanged', standing: 'good', reason: 'no_review' });
  expect(account.added.commands).toEqual([]);
});

test('a word on another review than the open one changes nothing', () => {
  const account = flagged();
  expect(account.review('approve', reviewId('rev_other'))).toEqual({
    outcome: 'unchanged',
    standing: 'under_review',
    reason: 'other_review',
  });
});

test('a word that names the open review, or none, decides it', () => {
  const [review] = flagged().added.reviews;
  const named = flagged().review('approve', review?.id ?? null);
  expect(named).toMatchObject({ outcome: 'decided', standing: 'good', reviewId: review?.id });
  expect(flagged().review('approve')).toEqual(named);
});

test('a rejection is said once, and only an approval undoes it', () => {
  const account = flagged();
  expect(account.review('reject')).toMatchObject({ outcome: 'decided', standing: 'suspended' });
  expect(account.review('reject')).toEqual({
    outcome: 'unchanged',
    standing: 'suspended',
    reason: 'already_rejected',
  });
  expect(account.review('approve')).toMatchObject({ outcome: 'decided', standing: 'good' });
});

test('an approval forgets the evidence it judged, a rejection keeps it', () => {
  const attempts = (decision: 'approve' | 'reject') => {
    const account = new AnAccount(start, roomy);
    for (let attempt = 0; attempt < 7; attempt += 1) account.ask(true);
    account.flag('under_review').review(decision);
    return account.state.account.recentAttempts.length;
  };
  expect(attempts('approve')).toBe(0);
  expect(attempts('reject')).toBe(7);
});

test('a flag is a command of the risk rule that names its review and quotes the evidence', () => {
  const account = new AnAccount(start, roomy).flag('restricted', [
    { name: 'many_attempts', points: 25, detail: '21 attempts today' },
    { name: 'low_diversity', points: 20, detail: '10 % of 20 inputs differ' },
  ]);
  const [review] = account.added.reviews;
  expect(account.added.commands).toMatchObject([
    {
      kind: 'flag',
      key: `flag:${review?.id}`,
      to: 'restricted',
      by: 'risk rule',
      note: '21 attempts today; 10 % of 20 inputs differ',
    },
  ]);
  expect(flagged().added.commands[0]).not.toHaveProperty('to');
});

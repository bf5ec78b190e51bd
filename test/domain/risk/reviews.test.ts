import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entitlementInForce } from '../../../domain/account/entitlement.ts';
import { reviewId } from '../../../domain/ids.ts';
import { type Instant, hour, instant } from '../../../domain/instant.ts';
import {
  type OpenReview,
  type ReviewProgress,
  nextReviewDuty,
  withDutyDone,
} from '../../../domain/risk/open-review.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const roomy = policyWith((plan) => ({
  ...plan,
  probation: null,
  sessions: { ...plan.sessions, per_day: null },
}));
const start = at('2026-11-24T10:00:00Z');
const standingOf = (account: AnAccount) => entitlementInForce(account.state).standing;
const lastCommand = (account: AnAccount) => account.added.commands.at(-1);

/** Twenty-one attempts at machine speed: 25 points for their number today, 25 for their pace, which stay. */
function hasty(account: AnAccount): AnAccount {
  for (let attempt = 0; attempt < 21; attempt += 1) account.ask(true);
  return account;
}

describe('a re-check', () => {
  test('lifts a restriction whose evidence has gone, as a command of its own', () => {
    const account = new AnAccount(start, roomy).flag('restricted').forward(48 * hour);
    expect(account.recheck()).toEqual({ outcome: 'released', standing: 'good', score: 0 });
    expect(lastCommand(account)).toMatchObject({
      kind: 'recheck',
      by: 'stipend',
      outcome: 'released',
      dueAt: null,
    });
  });

  test('keeps a restriction while the evidence stands, and sets a new due date', () => {
    const account = hasty(new AnAccount(start, roomy).flag('restricted'));
    expect(account.recheck()).toEqual({ outcome: 'kept', standing: 'restricted', score: 50 });
    expect(lastCommand(account)).toMatchObject({ outcome: 'kept', dueAt: start + 24 * hour });
  });

  test('keeps a restriction at thirty points: only below them has the evidence gone', () => {
    const account = new AnAccount(start, roomy).register({ registeredAt: start }).flag('restricted');
    expect(account.recheck()).toEqual({ outcome: 'kept', standing: 'restricted', score: 30 });
    account.forward(2 * hour);
    expect(account.recheck()).toMatchObject({ outcome: 'released', score: 0 });
  });

  test('names the open review, or none', () => {
    const account = new AnAccount(start, roomy).flag('restricted');
    const reviewed = account.added.reviews[0]?.id ?? null;
    expect(account.recheck({ reviewId: reviewed })).toMatchObject({ outcome: 'released' });
  });

  test('never lifts a hold, whatever the score', () => {
    const account = new AnAccount(start, roomy).flag('under_review').forward(48 * hour);
    expect(account.recheck()).toEqual({ outcome: 'kept', standing: 'under_review', score: 0 });
    expect(account.review('approve')).toMatchObject({ outcome: 'decided', standing: 'good' });
  });

  test('that a person asks for moves no due date', () => {
    const account = new AnAccount(start, roomy).flag('under_review');
    account.recheck({ timeUp: false, by: 'maya' });
    expect(lastCommand(account)).toMatchObject({ by: 'maya', outcome: 'kept', dueAt: null });
  });

  test('of an account that is not flagged, of another review or of a suspended account changes nothing', () => {
    const account = new AnAccount(start, roomy);
    expect(account.recheck()).toMatchObject({ outcome: 'unchanged', reason: 'no_review' });
    account.flag('restricted');
    const other = account.recheck({ reviewId: reviewId('rev_other') });
    expect(other).toMatchObject({ outcome: 'unchanged', reason: 'other_review' });
    account.review('reject');
    expect(account.recheck()).toMatchObject({ outcome: 'unchanged', reason: 'already_rejected' });
    expect(standingOf(account)).toBe('suspended');
  });
});

const review = (dueAt: number): OpenReview => ({
  id: reviewId('rev_1'),
  openedAt: instant(0),
  dueAt: instant(dueAt),
  escalateAfter: 20,
  afterwards: 'keep_and_recheck',
  score: 50,
  signals: [],
});

test('a due date is reminded of, escalated and re-checked, each once and in this order', () => {
  const open = review(100);
  const first = nextReviewDuty(open, null);
  expect(first).toEqual({ duty: 'remind', at: 100 });
  const reminded = withDutyDone(open, null, 'remind');
  expect(nextReviewDuty(open, reminded)).toEqual({ duty: 'escalate', at: 120 });
  const escalated = withDutyDone(open, reminded, 'escalate');
  expect(nextReviewDuty(open, escalated)).toEqual({ duty: 'recheck', at: 120 });
});

test('a new due date begins anew, and what was done about the old one does not count', () => {
  const done = withDutyDone(review(100), withDutyDone(review(100), null, 'remind'), 'escalate');
  expect(nextReviewDuty(review(500), done)).toEqual({ duty: 'remind', at: 500 });
});

test('whenever it wakes, every duty of every due date is done once, never before its time', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 }), (pauses) => {
      let now: Instant = instant(0);
      let open = review(30);
      let progress: ReviewProgress | null = null;
      const done: string[] = [];
      for (const pause of pauses) {
        now = instant(now + pause);
        for (
          let next = nextReviewDuty(open, progress);
          next.at <= now;
          next = nextReviewDuty(open, progress)
        ) {
          done.push(`${next.duty} ${open.dueAt}`);
          if (next.duty === 'recheck') open = { ...open, dueAt: instant(now + 30) };
          else progress = withDutyDone(open, progress, next.duty);
        }
      }
      expect(new Set(done).size).toBe(done.length);
      const order = ['remind', 'escalate', 'recheck'];
      expect(done.map((line) => line.split(' ')[0])).toEqual(done.map((_, index) => order[index % 3]));
    }),
  ));

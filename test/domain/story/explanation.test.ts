import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideAdmission } from '../../../domain/allowance/admission.ts';
import type { LimitName } from '../../../domain/allowance/limits.ts';
import { type CheckName, explainDecision } from '../../../domain/story/explanation.ts';
import { standAt } from '../../../domain/story/replay.ts';
import { storyPage } from '../../../domain/story/story.ts';
import { inWords } from '../../../domain/story/words.ts';
import { AnAccount, at } from '../an-account.ts';
import { nothingMade, recordOf, steps, take } from './random-life.ts';

const passage = { from: null, to: null, period: null, newestFirst: false, limit: 500, after: null };

/** The checks that may be behind each limit that is named. */
const behind: Readonly<Record<LimitName, readonly CheckName[]>> = {
  month: ['month'],
  day: ['day'],
  usage: ['budget', 'daily_budget', 'hold'],
  concurrent: ['concurrent', 'hold'],
  session: [],
  probation: ['probation'],
  review: ['standing'],
  suspended: ['standing'],
};

test('the explanation of any replayed moment comes to what the engine decides there', () => {
  fc.assert(
    fc.property(steps, (life) => {
      const account = new AnAccount(at('2026-01-31T10:00:00Z'));
      account.register({ registeredAt: account.now });
      const made = nothingMade();
      for (const step of life) {
        take(account, made, step);
        const context = account.context();
        const replayed = standAt(recordOf(account), { at: account.now }, context);
        const { binding, hold, checks } = explainDecision(replayed, context);
        const { answer, state } = decideAdmission(
          account.state,
          { confirmed: true, client: null, metadata: null },
          context,
        );
        // The attempt itself may be what raises the flag.
        if (state.added.reviews.length > 0) continue;
        if (answer.outcome === 'refused') {
          expect(answer.refusal.limitedBy).toBe(binding[0]?.limit);
          expect(answer.refusal.resetsAt).toBe(binding[0]?.resetsAt);
        } else if (answer.outcome === 'admitted') {
          expect(binding).toEqual([]);
          expect(hold).toMatchObject({ tier: answer.session.tier, cap: answer.session.cap });
        }
        const binds = checks.filter((check) => check.binds).map(({ name }) => name);
        expect(binds.length > 0).toBe(binding.length > 0);
        for (const { limit } of binding) {
          expect(behind[limit].some((name) => binds.includes(name))).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a refusal of the month says 10 of 10 and when it resets', () => {
  const account = new AnAccount(at('2026-11-01T10:00:00Z'));
  for (let day = 0; day < 5; day += 1) {
    account.session();
    account.session();
    account.forward(24 * 3_600_000);
  }
  account.ask();
  const { entries } = storyPage(recordOf(account), passage, account.context());
  const refused = entries.find(({ kind }) => kind === 'session_refused');
  expect(inWords(refused!)).toBe(
    'A session refused: sessions of the period used up, free again 2026-12-01T00:00:00Z. sessions 10 of 10.',
  );
});

test('an admission shows the sums it stood on', () => {
  const account = new AnAccount(at('2026-11-01T10:00:00Z'));
  account.session(0.123456);
  account.ask();
  account.ask();
  const { entries } = storyPage(recordOf(account), passage, account.context());
  const last = entries.findLast(({ kind }) => kind === 'session_admitted');
  expect(inWords(last!)).toBe(
    "Session ses_6 admitted: sessions 2 → 3 of 10; today 2 → 3 of 3; running 1 → 2 of 2; dollars spent 0.123456 + held 0.20 + this session's 0.20 = 0.523456 ≤ 2.00; tier standard because the plan degrades later.",
  );
});

test('pages of any size, in either order, tell the whole story once', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 7 }), fc.boolean(), (life, limit, newestFirst) => {
      const account = new AnAccount(at('2026-01-31T10:00:00Z'));
      const made = nothingMade();
      for (const step of life) take(account, made, step);
      const record = recordOf(account);
      const whole = storyPage(record, passage, account.context()).entries.map(({ id }) => id);
      const told: string[] = [];
      let after: Parameters<typeof storyPage>[1]['after'] = null;
      do {
        const page = storyPage(record, { ...passage, limit, newestFirst, after }, account.context());
        told.push(...page.entries.map(({ id }) => id));
        after = page.next;
      } while (after !== null);
      expect(newestFirst ? told.toReversed() : told).toEqual(whole);
    }),
    { numRuns: 100 },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant, minute } from '../../../domain/instant.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';
import { admitted } from './asking.ts';

const big = { inputTokens: 0, maxOutputTokens: 10_000 };

describe('a call that is refused because others have reserved what is left', () => {
  test('is told when enough of them expire, if the session still runs then', () => {
    const account = new AnAccount(at('2026-11-24T10:00:00Z'));
    const id = admitted(account);
    // 10,000 tokens of output at 15 a million are 0.15 of the 0.20 that the session holds.
    account.authorize(id, big);
    account.forward(10 * minute).authorize(id, { inputTokens: 0, maxOutputTokens: 3_333 });
    expect(account.authorize(id)).toMatchObject({
      outcome: 'refused',
      refusal: {
        limitedBy: 'session',
        resetsAt: at('2026-11-24T10:30:00Z'),
        violated: [{ limit: 'session', resetsAt: at('2026-11-24T10:30:00Z') }],
      },
    });
  });

  test('is told no time where the session would end by itself at that very instant', () => {
    const account = new AnAccount();
    const id = admitted(account);
    account.authorize(id, { inputTokens: 0, maxOutputTokens: 10_000_000 });
    expect(account.authorize(id)).toMatchObject({ refusal: { limitedBy: 'session', resetsAt: null } });
  });

  test('is told no time where it would not fit into the session at all', () => {
    const account = new AnAccount();
    const id = admitted(account);
    account.authorize(id, { inputTokens: 0, maxOutputTokens: 1_000 });
    account.forward(minute).use(id, 0.1);
    const huge = { inputTokens: 100_000, maxOutputTokens: 1 };
    expect(account.authorize(id, huge)).toMatchObject({ refusal: { resetsAt: null } });
  });
});

const asked = fc.record({
  input: fc.nat(20_000),
  output: fc.nat(9_000),
  minutes: fc.nat(12),
  cents: fc.option(fc.integer({ min: 0, max: 8 })),
});

test('at the time that is told the same call is granted and not a moment before; where none is told, never', () => {
  fc.assert(
    fc.property(fc.array(asked, { minLength: 2, maxLength: 12 }), fc.boolean(), (calls, countsTokens) => {
      const policy = policyWith((plan) => ({
        ...plan,
        budget: { ...plan.budget, per_session_tokens: countsTokens ? 15_000 : null },
      }));
      const account = new AnAccount(at('2026-11-24T10:00:00Z'), policy);
      const id = admitted(account);
      for (const { input, output, minutes, cents } of calls) {
        const request = { inputTokens: input, maxOutputTokens: output };
        account.forward(minutes * minute);
        const answer = account.authorize(id, request);
        if (answer.outcome === 'refused') {
          const { limitedBy, resetsAt } = answer.refusal;
          expect(limitedBy).toBe('session');
          const { state, now } = account;
          const askedAt = (when: number) => {
            account.state = state;
            account.now = instant(when);
            const later = account.authorize(id, request).outcome;
            account.state = state;
            account.now = now;
            return later;
          };
          const expiries = state.authorizations
            .map(({ expiresAt }) => expiresAt)
            .filter((expiresAt) => expiresAt > now);
          if (resetsAt === null) {
            for (const expiresAt of expiries) expect(askedAt(expiresAt)).not.toBe('granted');
          } else {
            expect(askedAt(resetsAt)).toBe('granted');
            expect(askedAt(resetsAt - 1)).toBe('refused');
          }
        }
        if (cents !== null) account.use(id, cents / 100);
      }
    }),
    { numRuns: 1_000 },
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Override } from '../../../domain/account/modifier.ts';
import { contradictionWithin } from '../../../domain/allowance/contradiction.ts';
import { after, hour, instant } from '../../../domain/instant.ts';
import { microUsdFromDollars } from '../../../domain/money.ts';
import { AnAccount } from '../an-account.ts';

const dollars = fc.constantFrom(0.1, 0.2, 0.5, 1.9, 2, 2.1, 5, 20).map(microUsdFromDollars);
const drawn = fc.record({
  limits: fc.record(
    { sessionCap: dollars, hardBudget: dollars, sessionsPerPeriod: fc.integer({ min: 1, max: 9 }) },
    { requiredKeys: [] },
  ),
  from: fc.nat(20),
  lasts: fc.option(fc.integer({ min: 1, max: 20 })),
  priority: fc.constantFrom(50, 100),
});

const ever = ({ now }: AnAccount) => ({ from: now, until: null });
const contradiction = (account: AnAccount, window: Pick<Override, 'from' | 'until'> = ever(account)) =>
  contradictionWithin(window, account.state, account.context());

test('a contradiction is told from the first hour at which no session could start, and none where one always could', () => {
  fc.assert(
    fc.property(fc.array(drawn, { maxLength: 5 }), (all) => {
      const account = new AnAccount();
      account.register({});
      for (const { limits, from, lasts, priority } of all) {
        const start = after(account.now, from * hour);
        const until = lasts === null ? null : after(start, lasts * hour);
        account.override(limits, { from: start, until, priority });
      }
      const told = contradiction(account);
      const start = account.now;
      const locked = Array.from({ length: 45 }, (_, n) => after(start, n * hour)).find((at) => {
        account.now = at;
        const { sessionCap, hardBudget } = account.limits();
        return sessionCap.standard.value > hardBudget.value;
      });
      expect(told?.from ?? null).toBe(locked ?? null);
    }),
    { numRuns: 500 },
  );
});

test('a user under a contradiction can start no session, and a moment before it can', () => {
  const account = new AnAccount();
  account.register({});
  account.override({ sessionCap: microUsdFromDollars(2.1) }, { from: after(account.now, hour) });
  const told = contradiction(account);
  expect(told).toMatchObject({
    from: account.now + hour,
    sessionCap: { value: 2_100_000, source: 'override' },
    hardBudget: { value: 2_000_000, source: 'plan' },
  });
  expect(contradiction(account, { from: account.now, until: after(account.now, hour) })).toBeNull();
  account.now = instant(account.now + hour - 1);
  const before = account.ask(true);
  expect(before.outcome).toBe('admitted');
  account.forward(31 * 60_000);
  expect(account.ask(true)).toMatchObject({ outcome: 'refused', refusal: { limitedBy: 'usage' } });
});

test('a grant does not lift a contradiction: it is drawn, and then it is gone', () => {
  const account = new AnAccount();
  account.register({});
  account.grant({ dollars: 10 });
  account.override({ sessionCap: microUsdFromDollars(5) });
  expect(contradiction(account)).not.toBeNull();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bringUpToDate, today } from '../../../domain/account/bring-up-to-date.ts';
import { currentPeriod } from '../../../domain/account/change.ts';
import type { DecisionContext } from '../../../domain/account/context.ts';
import type { AccountState } from '../../../domain/account/state.ts';
import { bindingLimits, holdFor } from '../../../domain/allowance/limits.ts';
import { instant } from '../../../domain/instant.ts';
import { replay, standAt } from '../../../domain/story/replay.ts';
import { AnAccount, at } from '../an-account.ts';
import { type Step, nothingMade, recordOf, steps, take } from './random-life.ts';

/** What decisions stand on. A past day's attempts and refunds are not in the rows, and no limit reads them. */
function figures(state: AccountState) {
  const { attempts: _attempts, refunds: _refunds, ...day } = today(state);
  return {
    current: state.account.currentPeriod,
    day,
    periods: [...state.periods].sort((a, b) => a.number - b.number),
    open: state.sessions.filter((session) => session.endedAt === null).sort((a, b) => (a.id < b.id ? -1 : 1)),
    reserved: state.authorizations
      .filter((one) => one.closedAt === null)
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

const play = (life: readonly Step[], check: (account: AnAccount) => void): AnAccount => {
  const account = new AnAccount(at('2026-01-31T10:00:00Z'));
  const made = nothingMade();
  for (const step of life) {
    take(account, made, step);
    check(account);
  }
  return account;
};

test('the counters replayed from the rows alone are the engine’s, after every step of any history', () => {
  fc.assert(
    fc.property(steps, (life) => {
      play(life, (account) => {
        const context = account.context();
        const replayed = standAt(recordOf(account), { at: account.now }, context);
        expect(figures(replayed)).toEqual(figures(bringUpToDate(account.state, context)));
      });
    }),
    { numRuns: 60 },
  );
});

test('the limits and the hold of the replayed account are those the engine decided by', () => {
  fc.assert(
    fc.property(steps, (life) => {
      play(life, (account) => {
        const context = account.context();
        const replayed = standAt(recordOf(account), { at: account.now }, context);
        const engine = bringUpToDate(account.state, context);
        expect(bindingLimits(replayed, context)).toEqual(bindingLimits(engine, context));
        expect(holdFor(replayed, context)).toEqual(holdFor(engine, context));
      });
    }),
    { numRuns: 60 },
  );
});

test('any past instant is replayed as it was then, whatever came after', () => {
  fc.assert(
    fc.property(steps, (life) => {
      type Past = { now: number; context: DecisionContext; expected: ReturnType<typeof figures> };
      const past: Past[] = [];
      const account = play(life, (then) => {
        const context = then.context();
        const expected = bringUpToDate(then.state, context);
        // A period that nobody has opened yet opens under whatever policy is in force when somebody does.
        const isOpen = expected.account.currentPeriod === then.state.account.currentPeriod;
        if (isOpen) past.push({ now: then.now, context, expected: figures(expected) });
      });
      const record = recordOf(account);
      // Of several steps at one instant the last is what the instant left behind.
      const lastOf = new Map(past.map((one) => [one.now, one]));
      for (const [now, { context, expected }] of lastOf) {
        const stand = standAt(record, { at: instant(now) }, context);
        const known = new Set(expected.periods.map((period) => period.number));
        const { periods, ...rest } = figures(stand);
        expect({ ...rest, periods: periods.filter((period) => known.has(period.number)) }).toEqual(expected);
      }
    }),
    { numRuns: 60 },
  );
});

test('a replay tells each row once, in the order of the account’s versions', () => {
  fc.assert(
    fc.property(steps, (life) => {
      const account = play(life, () => {});
      const record = recordOf(account);
      const told = [...replay(record, account.context())].map(({ happening }) => happening);
      expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
      const versions = told.flatMap(({ version }) => (version === null ? [] : [version]));
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
      const ends = record.sessions.filter((session) => session.endedAt !== null).length;
      const rows =
        record.sessions.length +
        ends +
        record.usageEvents.length +
        record.crossings.length +
        record.authorizations.length +
        record.commands.length +
        record.reviews.length +
        record.policyChanges.length;
      expect(versions).toHaveLength(rows);
    }),
    { numRuns: 100 },
  );
});

test('the current period of a replay is the one its instant falls in', () => {
  const account = new AnAccount(at('2026-01-31T10:00:00Z'));
  account.session();
  account.forward(40 * 24 * 3_600_000).session();
  const stand = standAt(recordOf(account), { at: at('2026-02-01T00:00:00Z') }, account.context());
  expect(currentPeriod(stand).number).toBe(1);
});

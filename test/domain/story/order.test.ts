import fc from 'fast-check';
import { expect, test } from 'vitest';
import { today } from '../../../domain/account/bring-up-to-date.ts';
import { currentPeriod } from '../../../domain/account/change.ts';
import { hour, minute } from '../../../domain/instant.ts';
import type { AccountRecord } from '../../../domain/story/record.ts';
import type { Entry } from '../../../domain/story/entry.ts';
import { standAt } from '../../../domain/story/replay.ts';
import { happeningsOf } from '../../../domain/story/happening.ts';
import { storyPage } from '../../../domain/story/story.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';
import { nothingMade, recordOf, steps, take } from './random-life.ts';

const whole = { from: null, to: null, period: null, newestFirst: false, limit: 500, after: null };

/** The rows in the order in which a database that was not asked for one may give them. */
const turnedOver = (record: AccountRecord): AccountRecord => ({
  ...record,
  periods: record.periods.toReversed(),
  sessions: record.sessions.toReversed(),
  authorizations: record.authorizations.toReversed(),
  usageEvents: record.usageEvents.toReversed(),
  crossings: record.crossings.toReversed(),
  commands: record.commands.toReversed(),
  policyChanges: record.policyChanges.toReversed(),
});

const idsOf = (record: AccountRecord): string[] => happeningsOf(record).map(({ id }) => id);

test('a story has one order, that in which things were decided, however its rows are read', () => {
  fc.assert(
    fc.property(steps, (life) => {
      const account = new AnAccount(at('2026-01-31T10:00:00Z'));
      const made = nothingMade();
      for (const step of life) take(account, made, step);
      const record = recordOf(account);
      const told = idsOf(record);
      expect(idsOf(turnedOver(record))).toEqual(told);
      const toldOf = (kind: string) => told.filter((id) => id.startsWith(`${kind}:`));
      expect(toldOf('usage_counted')).toEqual(record.usageEvents.map(({ id }) => `usage_counted:${id}`));
      expect(toldOf('act')).toEqual(record.commands.map(({ number }) => `act:${number}`));
    }),
    { numRuns: 200 },
  );
});

test('a step that a batch crosses is told after the event that crossed it, with what was spent by then', () => {
  const account = new AnAccount(at('2026-11-01T10:00:00Z'));
  const admission = account.ask();
  const id = admission.outcome === 'admitted' ? admission.session.id : '';
  account.useAtOnce(id, Array<number>(20).fill(0.1)).end(id);
  const told = storyPage(turnedOver(recordOf(account)), whole, account.context()).entries;
  const crossings = told.filter((entry) => entry.kind === 'step_crossed');
  // The visible budget is 1.60: 70 % of it is 1.12, 85 % 1.36, 95 % 1.52; 100 % waits for the session's end.
  expect(crossings.map(({ threshold, spent }) => [threshold, spent])).toEqual([
    [70, 1_200_000],
    [85, 1_400_000],
    [95, 1_600_000],
    [100, 2_000_000],
  ]);
  const before = (step: Entry) => told[told.indexOf(step) - 1];
  expect(before(crossings[0]!)).toMatchObject({ kind: 'usage_counted', spent: 1_200_000 });
  expect(before(crossings[3]!)).toMatchObject({ kind: 'session_ended' });
});

test('what happened in one millisecond keeps its order, acts of people included', () => {
  const account = new AnAccount(at('2026-11-01T10:00:00Z'));
  const first = account.ask();
  account.grant({ sessions: 2 });
  account.ask();
  account.activateNow(policyWith((plan) => ({ ...plan, sessions: { ...plan.sessions, per_day: 1 } })));
  account.override({ sessionsPerDay: 9 });
  const told = happeningsOf(turnedOver(recordOf(account))).filter(({ kind }) => kind !== 'period_opened');
  expect(first.outcome).toBe('admitted');
  expect(told.map(({ kind }) => kind)).toEqual([
    'session_admitted',
    'act',
    'session_admitted',
    'policy_changed',
    'act',
  ]);
});

test('an act of before acts carried a version is told by its time', () => {
  const account = new AnAccount(at('2026-11-01T10:00:00Z'));
  account.session();
  account.forward(1_000).grant({ sessions: 2 });
  account.forward(1_000).session();
  const record = recordOf(account);
  const old = { ...record, commands: record.commands.map((command) => ({ ...command, version: 0 })) };
  expect(idsOf(old)).toEqual(idsOf(record));
});

test('an unused session is given back when its authorization expires, not at its end', () => {
  const account = new AnAccount(at('2026-11-01T10:00:00Z'));
  const admission = account.ask();
  const id = admission.outcome === 'admitted' ? admission.session.id : '';
  account.forward(5 * minute).authorize(id);
  account.forward(minute).end(id);
  account.forward(2 * hour).ask();
  const record = turnedOver(recordOf(account));
  const told = storyPage(record, whole, account.context()).entries;
  expect(told.find((entry) => entry.kind === 'session_ended')).toMatchObject({
    at: at('2026-11-01T10:06:00Z'),
    givenBack: false,
    sessionsUsed: 1,
  });
  expect(told.find((entry) => entry.kind === 'authorization_expired')).toMatchObject({
    at: at('2026-11-01T10:35:00Z'),
    givenBack: true,
  });
  const usedAt = (text: string) => {
    const stand = standAt(record, { at: at(text) }, account.context());
    return [currentPeriod(stand).sessionsUsed, today(stand).sessions, currentPeriod(stand).held > 0];
  };
  expect(usedAt('2026-11-01T10:34:59.999Z')).toEqual([1, 1, true]);
  expect(usedAt('2026-11-01T10:35:00Z')).toEqual([0, 0, false]);
});

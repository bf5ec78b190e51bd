import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hour } from '../../../domain/instant.ts';
import { mailFacts } from '../../../domain/mail/mail.ts';
import { type Recipient, maySend } from '../../../domain/mail/may-send.ts';
import { quietUntil } from '../../../domain/mail/quiet-hours.ts';
import { noMoney } from '../../../domain/money.ts';
import { at } from '../an-account.ts';

const night = { from: '22:00', to: '08:00' };
const until = (now: string, zone = 'Europe/Berlin', quiet = night): string | null => {
  const end = quietUntil(at(now), quiet, zone);
  return end === null ? null : new Date(end).toISOString();
};

test.each([
  ['at 23:00 until 08:00', '2026-11-24T22:00:00Z', 'Europe/Berlin', '2026-11-25T07:00:00.000Z'],
  ['at 22:00 sharp they have begun', '2026-11-24T21:00:00Z', 'Europe/Berlin', '2026-11-25T07:00:00.000Z'],
  ['at 21:59:59 they have not', '2026-11-24T20:59:59Z', 'Europe/Berlin', null],
  ['at 03:00 until the same morning', '2026-11-25T02:00:00Z', 'Europe/Berlin', '2026-11-25T07:00:00.000Z'],
  ['at 08:00 sharp they are over', '2026-11-25T07:00:00Z', 'Europe/Berlin', null],
  ['the same instant is day elsewhere', '2026-11-24T22:00:00Z', 'America/Los_Angeles', null],
  ['the night that loses an hour', '2026-03-28T22:00:00Z', 'Europe/Berlin', '2026-03-29T06:00:00.000Z'],
  ['the night that gains an hour', '2026-10-24T21:00:00Z', 'Europe/Berlin', '2026-10-25T07:00:00.000Z'],
])('quiet hours: %s', (_what, now, zone, end) => expect(until(now, zone)).toBe(end));

test('an end that the spring leaves out is an hour later; of one the autumn repeats the next counts', () => {
  const toHalfPastTwo = { from: '22:00', to: '02:30' };
  expect(until('2026-03-28T23:00:00Z', 'Europe/Berlin', toHalfPastTwo)).toBe('2026-03-29T01:30:00.000Z');
  expect(until('2026-10-25T00:10:00Z', 'Europe/Berlin', toHalfPastTwo)).toBe('2026-10-25T00:30:00.000Z');
  expect(until('2026-10-25T01:10:00Z', 'Europe/Berlin', toHalfPastTwo)).toBe('2026-10-25T01:30:00.000Z');
});

test('within a day they need no midnight, and where both ends are the same there are none', () => {
  expect(until('2026-11-24T12:00:00Z', 'Europe/Berlin', { from: '12:00', to: '14:00' })).toBe(
    '2026-11-24T13:00:00.000Z',
  );
  expect(until('2026-11-24T12:00:00Z', 'Europe/Berlin', { from: '13:00', to: '13:00' })).toBeNull();
});

test('quiet hours always end later, within a day and an hour, and at their end it is not quiet', () => {
  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
  const instants = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') });
  fc.assert(
    fc.property(instants, clock, clock, zone, (now, from, to, timeZone) => {
      const start = at(new Date(now).toISOString());
      const end = quietUntil(start, { from, to }, timeZone);
      if (end === null) return;
      expect(end).toBeGreaterThan(start);
      expect(end - start).toBeLessThanOrEqual(25 * hour);
      const again = quietUntil(end, { from, to }, timeZone);
      // The first of two equal ends in autumn may lie before quiet hours that begin within the repeated hour.
      if (again !== null) expect(again - end).toBeLessThanOrEqual(25 * hour);
    }),
  );
});

const facts = mailFacts(
  { kind: 'nudge', period: 2, threshold: 85, dimension: 'sessions' },
  {
    number: 2,
    startsAt: at('2026-10-31T23:00:00Z'),
    endsAt: at('2026-11-30T23:00:00Z'),
    timeZone: 'Europe/Berlin',
    plan: 'free',
    sessionsUsed: 9,
    sessionsLimit: 10,
    spent: noMoney,
    held: noMoney,
    visibleBudget: noMoney,
    hardBudget: noMoney,
    overshoot: noMoney,
    percent: 90,
    crossings: [],
  },
);
const reset = {
  ...facts,
  notice: { kind: 'reset', period: 2, before: { sessionsUsed: 9, sessionsLimit: 10 } },
} as const;
const standing: Recipient = {
  address: 'ada@example.com',
  timeZone: 'Europe/Berlin',
  unsubscribed: false,
  undeliverable: false,
  now: at('2026-11-24T10:00:00Z'),
};
const terms = { enabled: true, from: null, replyTo: null, quietHours: night };
const noon = at('2026-11-24T11:00:00Z');

test.each([
  ['the policy sends none', {}, { enabled: false }],
  ['there is no address', { address: null }, {}],
  ['they have unsubscribed', { unsubscribed: true }, {}],
  ['their address takes none', { undeliverable: true }, {}],
  ['the period is over on the app’s clock', { now: at('2026-11-30T23:00:00Z') }, {}],
])('no mail goes to a user where %s', (_why, changes, policy) => {
  expect(maySend(facts, { ...standing, ...changes }, { ...terms, ...policy }, noon).kind).toBe('never');
});

test('a reset is told in the period that it opened, and the night is real whatever the app’s clock says', () => {
  expect(maySend(reset, { ...standing, now: at('2027-01-01T00:00:00Z') }, terms, noon).kind).toBe('send');
  expect(maySend(facts, { ...standing, now: at('2026-11-24T01:00:00Z') }, terms, noon).kind).toBe('send');
  expect(maySend(facts, standing, terms, at('2026-11-24T22:00:00Z'))).toEqual({
    kind: 'wait',
    until: at('2026-11-25T07:00:00Z'),
  });
});

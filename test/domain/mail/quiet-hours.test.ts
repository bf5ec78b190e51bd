import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hour } from '../../../domain/instant.ts';
import { quietUntil } from '../../../domain/mail/quiet-hours.ts';
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

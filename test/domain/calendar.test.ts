import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayContaining, firstPeriod, isTimeZone, periodAfter } from '../../domain/calendar.ts';
import { instant } from '../../domain/instant.ts';
import { at } from './an-account.ts';

const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Apia',
  'America/Havana',
);
const moments = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') }).map(instant);
const rules = fc.constantFrom(
  { every: 'P1M', anchor: 'registration' as const },
  { every: 'P1M', anchor: 'calendar' as const },
  { every: 'P1W', anchor: 'registration' as const },
  { every: 'P1D', anchor: 'registration' as const },
  { every: 'PT600S', anchor: 'registration' as const },
);

test('a day holds its instant, and the next starts where it ends', () =>
  fc.assert(
    fc.property(moments, zones, (moment, zone) => {
      const day = dayContaining(moment, zone);
      expect(day.startsAt).toBeLessThanOrEqual(moment);
      expect(moment).toBeLessThan(day.endsAt);
      expect(dayContaining(day.endsAt, zone).startsAt).toBe(day.endsAt);
    }),
  ));

test('periods tile time: each contains its instant and follows on the one before', () =>
  fc.assert(
    fc.property(rules, zones, moments, fc.nat(400), (rule, zone, registered, days) => {
      const first = firstPeriod(rule, registered, zone, registered);
      expect(first.startsAt).toBeLessThanOrEqual(registered);
      expect(registered).toBeLessThan(first.endsAt);
      const next = periodAfter(first, rule, registered, zone, first.endsAt);
      expect(next).toMatchObject({ number: 2, startsAt: first.endsAt });
      const later = instant(first.endsAt + days * 86_400_000);
      const current = periodAfter(first, rule, registered, zone, later);
      expect(current.startsAt).toBeLessThanOrEqual(later);
      expect(later).toBeLessThan(current.endsAt);
    }),
  ));

test('after a change of zone a period is as long as stated, and by no more than a day longer', () =>
  fc.assert(
    fc.property(
      rules.filter(({ every }) => every === 'P1W'),
      zones,
      zones,
      moments,
      (rule, from, to, registered) => {
        const first = firstPeriod(rule, registered, from, registered);
        const next = periodAfter(first, rule, registered, to, first.endsAt);
        const days = (next.endsAt - next.startsAt) / 86_400_000;
        expect(next.startsAt).toBe(first.endsAt);
        expect(days).toBeGreaterThanOrEqual(6);
        expect(days).toBeLessThanOrEqual(8 + 1 / 24);
      },
    ),
  ));

test('reaching a period in one go or step by step gives the same period', () =>
  fc.assert(
    fc.property(
      rules.filter(({ every }) => every !== 'PT600S'),
      zones,
      moments,
      fc.nat(200),
      (rule, zone, registered, days) => {
        const first = firstPeriod(rule, registered, zone, registered);
        const later = instant(first.endsAt + days * 86_400_000);
        let stepwise = first;
        while (stepwise.endsAt <= later)
          stepwise = periodAfter(stepwise, rule, registered, zone, stepwise.endsAt);
        expect(periodAfter(first, rule, registered, zone, later)).toEqual(stepwise);
      },
    ),
    { numRuns: 50 },
  ));

describe('months', () => {
  test('an anchor on the 31st clamps to short months and comes back', () => {
    const rule = { every: 'P1M', anchor: 'registration' as const };
    const registered = at('2026-01-31T10:00:00Z');
    let period = firstPeriod(rule, registered, 'UTC', registered);
    const ends = Array.from({ length: 4 }, () => {
      const { endsAt } = period;
      period = periodAfter(period, rule, registered, 'UTC', endsAt);
      return new Date(endsAt).toISOString().slice(0, 10);
    });
    expect(ends).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
  });

  test.each([
    ['Europe/Berlin', '2027-01-27T23:00:00Z'],
    ['Pacific/Kiritimati', '2027-01-28T10:00:00Z'],
    ['America/New_York', '2027-01-28T05:00:00Z'],
    ['Pacific/Honolulu', '2027-01-28T10:00:00Z'],
  ])('who moves from UTC to %s within a month still has a month of dates after it, not two', (zone, end) => {
    const rule = { every: 'P1M', anchor: 'registration' as const };
    const registered = at('2026-11-28T15:16:00Z');
    const first = firstPeriod(rule, registered, 'UTC', registered);
    expect(periodAfter(first, rule, registered, zone, first.endsAt)).toEqual({
      number: 2,
      startsAt: at('2026-12-28T00:00:00Z'),
      endsAt: at(end),
    });
  });

  test('days are 23 and 25 hours long where clocks change', () => {
    const hours = (text: string) => {
      const day = dayContaining(at(text), 'Europe/Berlin');
      return (day.endsAt - day.startsAt) / 3_600_000;
    };
    expect(hours('2026-03-29T12:00:00Z')).toBe(23);
    expect(hours('2026-10-25T12:00:00Z')).toBe(25);
  });
});

test.each(['Mars/Olympus', '+02:00', '', 'x'.repeat(10_000)])('%s is not a time zone', (name) => {
  expect(isTimeZone(name)).toBe(false);
});

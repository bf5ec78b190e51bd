import { Temporal } from 'temporal-polyfill';
import { type Instant, instant } from './instant.ts';
import type { PeriodRule } from './policy/terms.ts';

/**
 * Periods and days in a user's own time zone. All arithmetic on dates is the Temporal polyfill's; this file only says
 * which date comes next. Windows are half-open, `[startsAt, endsAt)`.
 */
type Window = { readonly startsAt: Instant; readonly endsAt: Instant };
export type NumberedWindow = Window & { readonly number: number };
export type DayWindow = Window & { readonly date: string };

const zonedAt = (at: Instant, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);

const startOfDate = (date: Temporal.PlainDate, timeZone: string): Instant =>
  instant(date.toZonedDateTime(timeZone).epochMilliseconds);

export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

/** The local day of `at`: 23 or 25 hours long where clocks change. */
export function dayContaining(at: Instant, timeZone: string): DayWindow {
  const date = zonedAt(at, timeZone).toPlainDate();
  return {
    date: date.toString(),
    startsAt: startOfDate(date, timeZone),
    endsAt: startOfDate(date.add({ days: 1 }), timeZone),
  };
}

/** The n-th boundary of a rule; n = 0 is the anchor itself and n may be negative. */
type Boundary = (n: number) => Instant;

function firstDateOf(unit: string, date: Temporal.PlainDate): Temporal.PlainDate {
  switch (unit) {
    case 'M':
      return date.with({ day: 1 });
    case 'W':
      return date.subtract({ days: date.dayOfWeek - 1 });
    default:
      return date;
  }
}

/**
 * A rule's boundaries. Dates are counted from the anchor each time, so that an anchor on the 31st clamps to short
 * months and comes back. Periods in seconds (trials) run from the exact instant of registration.
 */
function boundariesOf(
  rule: PeriodRule,
  registeredAt: Instant,
  timeZone: string,
): { at: Boundary; approximateLength: number } {
  const length = Temporal.Duration.from(rule.every);
  if (rule.every.startsWith('PT')) {
    const milliseconds = length.total('milliseconds');
    return { at: (n) => instant(registeredAt + n * milliseconds), approximateLength: milliseconds };
  }
  const registered = zonedAt(registeredAt, timeZone).toPlainDate();
  const anchor = rule.anchor === 'calendar' ? firstDateOf(rule.every.slice(-1), registered) : registered;
  const { months, weeks, days } = length;
  return {
    at: (n) => startOfDate(anchor.add({ months: months * n, weeks: weeks * n, days: days * n }), timeZone),
    approximateLength: length.total({ unit: 'milliseconds', relativeTo: anchor }),
  };
}

/** The number of the last boundary at or before an instant. Boundaries rise strictly, so the guess is mended in a step or two. */
function lastBoundaryAt(boundary: Boundary, approximateLength: number, at: Instant): number {
  let n = Math.floor((at - boundary(0)) / approximateLength);
  while (boundary(n) > at) n -= 1;
  while (boundary(n + 1) <= at) n += 1;
  return n;
}

/** Weeks and months are counted in dates; of a day or a trial every hour counts. */
const isOfDates = (rule: PeriodRule): boolean => /[WM]$/.test(rule.every);

const isSameDate = (one: Instant, other: Instant, timeZone: string): boolean =>
  zonedAt(one, timeZone).toPlainDate().equals(zonedAt(other, timeZone).toPlainDate());

/** The first period of an account: the one of its rule that contains `at`. */
export function firstPeriod(
  rule: PeriodRule,
  registeredAt: Instant,
  timeZone: string,
  at: Instant,
): NumberedWindow {
  const { at: boundary, approximateLength } = boundariesOf(rule, registeredAt, timeZone);
  const n = lastBoundaryAt(boundary, approximateLength, at);
  return { number: 1, startsAt: boundary(n), endsAt: boundary(n + 1) };
}

/**
 * The period that contains `at`, reached from the one before it, so that periods tile: each starts where the last ended.
 * Where zone, plan or anchor changed, the first period under the new rule runs to the first new boundary that leaves it
 * no shorter than stated: by dates, so that who moves east and starts the 28th some hours late still ends it on the 28th.
 * Silent periods are counted, not made.
 */
export function periodAfter(
  previous: NumberedWindow,
  rule: PeriodRule,
  registeredAt: Instant,
  timeZone: string,
  at: Instant,
): NumberedWindow {
  const { at: boundary, approximateLength } = boundariesOf(rule, registeredAt, timeZone);
  const n = lastBoundaryAt(boundary, approximateLength, previous.endsAt);
  const onBoundary =
    boundary(n) === previous.endsAt ||
    (isOfDates(rule) && isSameDate(boundary(n), previous.endsAt, timeZone));
  // Off the rule's boundaries, n + 1 may be hours away: n + 2 is the first that is no shorter than a whole period.
  const firstEnd = onBoundary ? n + 1 : n + 2;
  if (at < boundary(firstEnd)) {
    return { number: previous.number + 1, startsAt: previous.endsAt, endsAt: boundary(firstEnd) };
  }
  const current = lastBoundaryAt(boundary, approximateLength, at);
  return {
    number: previous.number + 2 + (current - firstEnd),
    startsAt: boundary(current),
    endsAt: boundary(current + 1),
  };
}

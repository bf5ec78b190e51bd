import { Temporal } from 'temporal-polyfill';
import { type Instant, instant } from '../instant.ts';

/** Hours of the user's wall clock, `HH:MM`, in which no mail is sent; over midnight where `to` is the earlier one. */
export type QuietHours = { readonly from: string; readonly to: string };

function isQuiet(time: Temporal.PlainTime, from: Temporal.PlainTime, to: Temporal.PlainTime): boolean {
  const isAfter = (edge: Temporal.PlainTime): boolean => Temporal.PlainTime.compare(time, edge) >= 0;
  const overMidnight = Temporal.PlainTime.compare(from, to) > 0;
  return overMidnight ? isAfter(from) || !isAfter(to) : isAfter(from) && !isAfter(to);
}

/**
 * When the quiet hours that `at` lies in end, null where it lies in none. `at` is real time, since it is a real night that
 * the mail would disturb. An end that the spring leaves out is an hour later; of one that the autumn repeats the next counts.
 */
export function quietUntil(at: Instant, quiet: QuietHours | null, timeZone: string): Instant | null {
  if (quiet === null) return null;
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const time = local.toPlainTime();
  const from = Temporal.PlainTime.from(quiet.from);
  const to = Temporal.PlainTime.from(quiet.to);
  if (!isQuiet(time, from, to)) return null;
  const date =
    Temporal.PlainTime.compare(time, to) < 0 ? local.toPlainDate() : local.toPlainDate().add({ days: 1 });
  const end = date.toPlainDateTime(to);
  const first = end.toZonedDateTime(timeZone).epochMilliseconds;
  return instant(
    first > at ? first : end.toZonedDateTime(timeZone, { disambiguation: 'later' }).epochMilliseconds,
  );
}

import { type Instant, hour, minute } from '../instant.ts';
import { kept } from '../kept.ts';
import type { Locale } from './sentences.ts';

const styles = {
  date: { day: 'numeric', month: 'long' },
  dateAndYear: { day: 'numeric', month: 'long', year: 'numeric' },
  dateAndTime: { day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' },
  clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formatterOf = kept(
  500,
  (formats: string, timeZone: string, style: keyof typeof styles) =>
    new Intl.DateTimeFormat(formats, { ...styles[style], timeZone }),
);

/** Beyond this a date without its year could be taken for the nearer one. */
const farAway = 300 * 24 * hour;

const rendered = kept(
  10_000,
  (formats: string, timeZone: string, at: string, isFar: 'far' | 'near'): string => {
    const isMidnight = formatterOf('en-GB', timeZone, 'clock').format(Number(at)) === '00:00';
    const date = isFar === 'far' ? 'dateAndYear' : 'date';
    return formatterOf(formats, timeZone, isMidnight ? date : 'dateAndTime').format(Number(at));
  },
);

/** Whose words and clock. */
export type Reader = { readonly locale: Locale; readonly timeZone: string };

/**
 * An instant as its date, where it is the user's midnight, as days and periods end, and else as date and time. The minute is
 * rounded up, so that nobody comes back too early.
 */
export const whenInWords = (at: Instant, now: Instant, { locale, timeZone }: Reader): string =>
  rendered(
    locale.formats,
    timeZone,
    String(Math.ceil(at / minute) * minute),
    at - now > farAway ? 'far' : 'near',
  );

import type { Instant } from '../instant.ts';

/** British English orders a date as people say it: "1 December". */
const intlLocale = (locale: string): string => (locale === 'en' ? 'en-GB' : locale);

export function dateInWords(at: Instant, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(intlLocale(locale), { day: 'numeric', month: 'long', timeZone }).format(at);
}

export function timeInWords(at: Instant, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(intlLocale(locale), {
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(at);
}

import { dayContaining } from '../calendar.ts';
import type { Instant } from '../instant.ts';
import { whenInWords } from '../messages/dates.ts';
import { localeOf, sentence } from '../messages/sentences.ts';
import type { PeriodTotals } from '../totals.ts';
import type { Notice } from './notice.ts';

/** True where `end` lies in the local day after that of `at`. */
function isTomorrow(end: Instant, at: Instant, timeZone: string): boolean {
  const tomorrow = dayContaining(dayContaining(at, timeZone).endsAt, timeZone);
  return end >= tomorrow.startsAt && end < tomorrow.endsAt;
}

/** What a user is told of a period: no money is in it. */
export type PeriodTold = Pick<
  PeriodTotals,
  'sessionsUsed' | 'sessionsLimit' | 'startsAt' | 'endsAt' | 'timeZone'
>;

/** What the notice says in the account's language, given the period it is about. */
export function noticeText(notice: Notice, period: PeriodTold, localeTag: string): string {
  const locale = localeOf(localeTag);
  const { sessionsUsed: used, sessionsLimit: limit, startsAt, endsAt } = period;
  const when = whenInWords(endsAt, startsAt, { locale, timeZone: period.timeZone });
  switch (notice.kind) {
    case 'nudge': {
      const bySessions = notice.dimension === 'sessions';
      if (notice.threshold < 100) {
        const what = bySessions
          ? sentence(locale, 'notice_sessions', { used, limit })
          : sentence(locale, 'notice_usage');
        return `${what} ${sentence(locale, 'resets', { when })}`;
      }
      const what = bySessions
        ? sentence(locale, 'limit_month', { used, limit })
        : sentence(locale, 'limit_usage');
      return `${what} ${sentence(locale, 'back', { when })}`;
    }
    case 'reset': {
      const { sessionsUsed, sessionsLimit } = notice.before;
      const before = sentence(locale, 'notice_before', { used: sessionsUsed, limit: sessionsLimit });
      return `${sentence(locale, 'notice_reset', { limit })} ${before}`;
    }
    case 'reset_soon':
      return isTomorrow(endsAt, notice.at, period.timeZone)
        ? sentence(locale, 'notice_soon_tomorrow')
        : sentence(locale, 'notice_soon', { when });
    default:
      return notice satisfies never;
  }
}

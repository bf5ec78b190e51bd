import { localeOf, sentence } from '../messages/sentences.ts';
import type { Notice } from '../notice/notice.ts';
import { type PeriodTold, noticeText } from '../notice/notice-text.ts';
import { type UpgradeTerms, upgradeIn } from '../policy/upgrade.ts';
import type { PeriodTotals } from '../totals.ts';

/** What a mail is about. Plain JSON that waits to be sent; no address, no words and no money are in it. */
export type MailFacts = {
  readonly v: 1;
  readonly notice: Notice;
  readonly period: PeriodTold & { readonly percent: number };
};

export function mailFacts(notice: Notice, period: PeriodTotals): MailFacts {
  const { sessionsUsed, sessionsLimit, startsAt, endsAt, timeZone, percent } = period;
  return { v: 1, notice, period: { sessionsUsed, sessionsLimit, startsAt, endsAt, timeZone, percent } };
}

/** Whom it goes to and from whom, as they are when it is sent. */
export type MailReader = {
  readonly localeTag: string;
  readonly appName: string;
  readonly upgrade: UpgradeTerms;
  readonly unsubscribeUrl: string;
};

/** A mail in words, before it is laid out as HTML or as text. */
export type Mail = {
  readonly language: string;
  readonly subject: string;
  readonly message: string;
  readonly bar: { readonly percent: number; readonly label: string };
  /** Null where nothing is sold. */
  readonly offer: {
    readonly words: string;
    readonly benefits: readonly string[];
    readonly button: Link;
  } | null;
  readonly why: string;
  readonly unsubscribe: Link;
};

type Link = { readonly label: string; readonly url: string };

const bySessions = (notice: Notice): boolean => notice.kind !== 'nudge' || notice.dimension === 'sessions';

function subjectOf({ notice, period }: MailFacts, locale: ReturnType<typeof localeOf>): string {
  const { sessionsUsed: used, sessionsLimit: limit } = period;
  switch (notice.kind) {
    case 'nudge':
      if (notice.threshold >= 100) return sentence(locale, 'mail_subject_used_up');
      return bySessions(notice)
        ? sentence(locale, 'mail_subject_sessions', { used, limit })
        : sentence(locale, 'mail_subject_usage');
    case 'reset':
      return sentence(locale, 'mail_subject_reset');
    case 'reset_soon':
      return sentence(locale, 'mail_subject_soon');
    default:
      return notice satisfies never;
  }
}

const within = (percent: number): number => Math.min(100, Math.max(0, Math.floor(percent)));

function barOf({ notice, period }: MailFacts, locale: ReturnType<typeof localeOf>): Mail['bar'] {
  const { sessionsUsed: used, sessionsLimit: limit, percent } = period;
  return bySessions(notice)
    ? { percent: within((100 * used) / Math.max(1, limit)), label: sentence(locale, 'used', { used, limit }) }
    : {
        percent: within(percent),
        label: sentence(locale, 'mail_share', { share: within(percent) / 100 }),
      };
}

/** The mail in the reader's language. Never an amount of money but the paid plan's own price: law 7. */
export function mailInWords(facts: MailFacts, reader: MailReader): Mail {
  const locale = localeOf(reader.localeTag);
  const { plan, priceText: price, url, benefits } = upgradeIn(locale.language, reader.upgrade);
  const offer = {
    words: sentence(locale, benefits.length === 0 ? 'mail_offer_bare' : 'mail_offer', { plan, price }),
    benefits,
    button: { label: sentence(locale, 'mail_button', { plan }), url },
  };
  return {
    language: locale.formats,
    subject: subjectOf(facts, locale),
    message: noticeText(facts.notice, facts.period, reader.localeTag),
    bar: barOf(facts, locale),
    offer: facts.notice.kind === 'reset' ? null : offer,
    why: sentence(locale, 'mail_why', { app: reader.appName }),
    unsubscribe: { label: sentence(locale, 'mail_unsubscribe'), url: reader.unsubscribeUrl },
  };
}

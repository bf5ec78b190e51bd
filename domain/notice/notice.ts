import type { Dimension } from '../account/state.ts';
import type { Instant } from '../instant.ts';
import { dateInWords } from '../messages/dates.ts';
import type { PeriodTotals } from '../totals.ts';

/** Something to tell the user, under an id that is the same however often it is made. */
export type Notice =
  | {
      readonly kind: 'nudge';
      readonly period: number;
      readonly threshold: number;
      readonly dimension: Dimension;
    }
  | {
      readonly kind: 'reset';
      readonly period: number;
      readonly before: { readonly sessionsUsed: number; readonly sessionsLimit: number };
    };

export function noticeId(notice: Notice): string {
  switch (notice.kind) {
    case 'nudge':
      return `nudge-${notice.period}-${notice.threshold}`;
    case 'reset':
      return `reset-${notice.period}`;
    default:
      return notice satisfies never;
  }
}

function nudgeText(threshold: number, dimension: Dimension, period: PeriodTotals): string {
  const resets = `Your allowance resets on ${dateInWords(period.endsAt, 'en', period.timeZone)}.`;
  const share =
    dimension === 'sessions'
      ? `You have used ${period.sessionsUsed} of ${period.sessionsLimit} AI sessions`
      : 'Your sessions have used most of the AI that the free plan includes';
  if (threshold < 100) return `${share}. ${resets}`;
  return dimension === 'sessions'
    ? `You have used all ${period.sessionsLimit} AI sessions. ${resets}`
    : `These sessions used more AI than the free plan includes. ${resets}`;
}

/** What the notice says, given the period it is about. */
export function noticeText(notice: Notice, period: PeriodTotals): string {
  switch (notice.kind) {
    case 'nudge':
      return nudgeText(notice.threshold, notice.dimension, period);
    case 'reset':
      return `Your free allowance is back: ${period.sessionsLimit} AI sessions. Last time you used ${notice.before.sessionsUsed} of ${notice.before.sessionsLimit}.`;
    default:
      return notice satisfies never;
  }
}

export type StoredNotice = {
  readonly id: string;
  readonly kind: Notice['kind'];
  readonly threshold: number | null;
  readonly period: number;
  readonly text: string;
  readonly createdAt: Instant;
  readonly seenAt: Instant | null;
};

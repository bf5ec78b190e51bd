import type { Dimension } from '../account/state.ts';
import type { Instant } from '../instant.ts';

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
    }
  /** The reset is near; told `at` this instant. */
  | { readonly kind: 'reset_soon'; readonly period: number; readonly at: Instant };

export function noticeId(notice: Notice): string {
  switch (notice.kind) {
    case 'nudge':
      return `nudge-${notice.period}-${notice.threshold}`;
    case 'reset':
      return `reset-${notice.period}`;
    case 'reset_soon':
      return `reset_soon-${notice.period}`;
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
  readonly dismissedAt: Instant | null;
};

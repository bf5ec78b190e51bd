import type { Dimension } from '../account/state.ts';
import type { Instant } from '../instant.ts';
import type { UserView } from '../user-view.ts';
import { type Reader, whenInWords } from './dates.ts';
import { type SentenceKey, type Values, sentence } from './sentences.ts';

/** What messages speak of: limits that hold. */
export type ViewShown = Omit<UserView, 'message' | 'month'> & {
  readonly month: UserView['month'] & { readonly limit: number; readonly remaining: number };
};

/** What a message says beside the view's own figures. */
export type MessageFacts = {
  readonly reader: Reader;
  readonly now: Instant;
  readonly about: 'admitted' | 'confirm' | 'refused' | 'running' | 'standing';
  /** When time lifts the limit that is named; null where a person must, or where none is. */
  readonly liftedAt: Instant | null;
  /** Which dimension is nearer its end. */
  readonly lead: Dimension;
  readonly restricted: boolean;
  readonly running: { readonly sessions: number; readonly limit: number };
  readonly probationSessions: number;
};

/** The sentences that several messages share, each made when it is asked for. */
export type Phrases = {
  readonly say: (key: SentenceKey, values?: Values) => string;
  readonly used: () => string;
  readonly resets: () => string;
  readonly back: () => string;
  readonly dayEnds: () => string;
  /** A sentence about the instant that lifts the limit, left out where there is none. */
  readonly lifted: (key: SentenceKey) => readonly string[];
  readonly economy: (key: SentenceKey) => readonly string[];
};

export function phrasesOf(view: ViewShown, facts: MessageFacts): Phrases {
  const { month, today } = view;
  const { reader, now, liftedAt } = facts;
  const say: Phrases['say'] = (key, values) => sentence(reader.locale, key, values);
  const when = (at: Instant): string => whenInWords(at, now, reader);
  return {
    say,
    used: () => say('used', { used: month.used, limit: month.limit }),
    resets: () => say('resets', { when: when(month.resetsAt) }),
    back: () => say('back', { when: when(month.resetsAt) }),
    dayEnds: () => when(today.resetsAt),
    lifted: (key) => (liftedAt === null ? [] : [say(key, { when: when(liftedAt) })]),
    economy: (key) => {
      if (facts.restricted) return [say('restricted')];
      return view.tier === 'economy' ? [say(key)] : [];
    },
  };
}

const longest = 320;

/** Adds what the paid plan gives, with as many of its first two benefits as there is room for. */
export function withPaidPlan(
  before: readonly string[],
  { upgrade }: ViewShown,
  say: Phrases['say'],
  after: readonly string[] = [],
): string {
  const { plan, priceText: price, benefits } = upgrade;
  for (let count = Math.min(2, benefits.length); count >= 0; count -= 1) {
    const list = benefits.slice(0, count).join(' · ').replace(/\.$/, '');
    const offer =
      count === 0 ? say('paid', { plan, price }) : say('paid_with', { plan, price, benefits: list });
    const message = [...before, offer, ...after].join(' ');
    if (message.length <= longest) return message;
  }
  return [...before, ...after].join(' ');
}

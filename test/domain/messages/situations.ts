import { userId } from '../../../domain/ids.ts';
import type { Language } from '../../../domain/language.ts';
import { localeOf, sentences } from '../../../domain/messages/sentences.ts';
import type { MessageFacts, ViewShown } from '../../../domain/messages/phrases.ts';
import { usageMessage } from '../../../domain/messages/usage-message.ts';
import { upgradeIn } from '../../../domain/policy/upgrade.ts';
import { at } from '../an-account.ts';
import { referencePlan } from '../reference-plan.ts';

/** Everything that a user may be told, as figures: the table of sentences, the page in docs/ and the bounds use the same. */

type Changes = {
  readonly month?: Partial<ViewShown['month']>;
  readonly today?: Partial<ViewShown['today']>;
  readonly view?: Partial<Pick<ViewShown, 'stage' | 'tier' | 'percent' | 'limitedBy' | 'upgrade'>>;
  readonly facts?: Partial<Omit<MessageFacts, 'reader'>>;
};

const monthEnds = at('2026-11-30T23:00:00Z');
const dayEnds = at('2026-11-24T23:00:00Z');
const idleAt = at('2026-11-24T10:29:30Z');

export const { upgrade } = referencePlan;

export function messageIn(tag: string, { month, today, view, facts }: Changes): string {
  const locale = localeOf(tag);
  const shown: ViewShown = {
    user: userId('u'),
    plan: 'free',
    stage: 'clear',
    tier: 'standard',
    percent: 30,
    limitedBy: null,
    language: locale.language,
    upgrade: upgradeIn(locale.language, upgrade),
    ...view,
    month: { used: 3, limit: 10, remaining: 7, resetsAt: monthEnds, ...month },
    today: { used: 1, limit: 3, remaining: 2, resetsAt: dayEnds, ...today },
  };
  return usageMessage(shown, {
    reader: { locale, timeZone: 'Europe/Berlin' },
    now: at('2026-11-24T10:00:00Z'),
    about: 'standing',
    liftedAt: null,
    lead: 'sessions',
    restricted: false,
    running: { sessions: 0, limit: 2 },
    probationSessions: 2,
    ...facts,
  });
}

const usedUp = { used: 10, remaining: 0 };
const usedByAi = { used: 6, remaining: 0 };
const lastToday = { used: 3, remaining: 0 };

export const situations: Readonly<Record<string, Changes>> = {
  'first session admitted': { month: { used: 1, remaining: 9 }, facts: { about: 'admitted' } },
  clear: {},
  indicator: { month: { used: 7, remaining: 3 }, view: { stage: 'indicator', percent: 70 } },
  'indicator, use of AI leads': {
    view: { stage: 'indicator', percent: 75 },
    facts: { lead: 'usage' },
  },
  nudge: { month: { used: 9, remaining: 1 }, view: { stage: 'nudge', percent: 90 } },
  'nudge, admitted on the economy model': {
    month: { used: 9, remaining: 1 },
    view: { stage: 'nudge', percent: 90, tier: 'economy' },
    facts: { about: 'admitted' },
  },
  'nudge, use of AI leads': { view: { stage: 'nudge', percent: 88 }, facts: { lead: 'usage' } },
  'confirm the last session': {
    month: { used: 9, remaining: 1 },
    view: { stage: 'confirm', percent: 90, tier: 'economy' },
    facts: { about: 'confirm' },
  },
  'confirm, use of AI leads': {
    view: { stage: 'confirm', percent: 96 },
    facts: { about: 'confirm', lead: 'usage' },
  },
  'last session of the period admitted': {
    month: usedUp,
    view: { stage: 'confirm', percent: 100 },
    facts: { about: 'admitted' },
  },
  'used up by use of AI while a session runs': {
    month: usedByAi,
    view: { stage: 'confirm', percent: 100 },
    facts: { about: 'running', lead: 'usage' },
  },
  'last session of the day admitted': {
    month: { used: 5, remaining: 5 },
    today: lastToday,
    facts: { about: 'admitted' },
  },
  month: {
    month: usedUp,
    view: { stage: 'cutoff', percent: 100, limitedBy: 'month' },
    facts: { about: 'refused', liftedAt: monthEnds },
  },
  usage: {
    month: usedByAi,
    view: { stage: 'cutoff', percent: 100, limitedBy: 'usage' },
    facts: { about: 'refused', liftedAt: monthEnds, lead: 'usage' },
  },
  'usage, of the day': {
    today: { remaining: 0 },
    view: { limitedBy: 'usage' },
    facts: { about: 'refused', liftedAt: dayEnds },
  },
  day: {
    today: lastToday,
    view: { limitedBy: 'day' },
    facts: { about: 'refused', liftedAt: dayEnds },
  },
  'day, restricted': {
    today: { used: 1, limit: 1, remaining: 0 },
    view: { limitedBy: 'day', tier: 'economy' },
    facts: { about: 'refused', liftedAt: dayEnds, restricted: true },
  },
  concurrent: {
    view: { limitedBy: 'concurrent' },
    facts: { about: 'refused', liftedAt: idleAt, running: { sessions: 2, limit: 2 } },
  },
  'concurrent, the rest is held': {
    view: { limitedBy: 'concurrent' },
    facts: { about: 'refused', liftedAt: idleAt, running: { sessions: 1, limit: 2 } },
  },
  probation: {
    month: { used: 2, remaining: 8 },
    view: { limitedBy: 'probation' },
    facts: { about: 'refused', liftedAt: at('2026-11-24T11:12:00Z') },
  },
  session: { view: { limitedBy: 'session' }, facts: { about: 'running' } },
  'session, the last of the day': {
    today: lastToday,
    view: { limitedBy: 'session' },
    facts: { about: 'running' },
  },
  'session, the last of the period': {
    month: usedUp,
    view: { stage: 'confirm', limitedBy: 'session' },
    facts: { about: 'running' },
  },
  'session, its calls in flight need the rest': {
    view: { limitedBy: 'session' },
    facts: { about: 'refused', liftedAt: idleAt },
  },
  restricted: { view: { tier: 'economy' }, facts: { restricted: true } },
  review: { view: { stage: 'review', limitedBy: 'review' }, facts: { about: 'refused' } },
  suspended: { view: { stage: 'suspended', limitedBy: 'suspended' }, facts: { about: 'refused' } },
};

export const languages = Object.keys(sentences) as Language[];

import { describe, expect, test } from 'vitest';
import type { ViewShown } from '../../../domain/messages/phrases.ts';
import { localeOf } from '../../../domain/messages/sentences.ts';
import { upgradeIn } from '../../../domain/policy/upgrade.ts';
import { at } from '../an-account.ts';
import { languages, messageIn, situations, upgrade } from './situations.ts';

const locales = [...languages, 'en-US', 'de-AT', 'es-MX', 'pt-BR'];
const stages = ['clear', 'indicator', 'nudge', 'confirm', 'cutoff', 'review', 'suspended'] as const;
const limits = [
  null,
  'day',
  'month',
  'usage',
  'concurrent',
  'session',
  'probation',
  'review',
  'suspended',
] as const;
const occasions = ['admitted', 'confirm', 'refused', 'running', 'standing'] as const;
const figures = [
  { month: {}, today: {} },
  { month: { used: 10, remaining: 0 }, today: { used: 3, remaining: 0 } },
  {
    month: { used: 999_999, limit: 1_000_000, remaining: 1 },
    today: { used: 999_999, limit: 999_999, remaining: 0 },
  },
  { month: { used: 1, limit: 1, remaining: 0 }, today: { used: 0, limit: null, remaining: null } },
];

/** Every limit, stage and occasion with a set of figures, for one locale and paid plan. */
function* everything(tag: string, paid: ViewShown['upgrade']): Generator<{ about: string; message: string }> {
  for (const limitedBy of limits)
    for (const stage of stages)
      for (const about of occasions)
        for (const { month, today } of figures)
          for (const [lead, restricted, tier] of [
            ['sessions', false, 'standard'],
            ['usage', true, 'economy'],
          ] as const) {
            const liftedAt =
              limitedBy === null || limitedBy === 'review' || limitedBy === 'suspended'
                ? null
                : at('2026-11-24T22:59:59Z');
            const message = messageIn(tag, {
              month,
              today,
              view: { limitedBy, stage, tier, percent: 100, upgrade: paid },
              facts: { about, liftedAt, lead, restricted, running: { sessions: 999_999, limit: 999_999 } },
            });
            yield { about: `${limitedBy} ${stage} ${about} ${lead}`, message };
          }
}

describe.each(locales)('every limit, stage and occasion in %s', (tag) => {
  const long: ViewShown['upgrade'] = {
    ...upgrade,
    plan: 'P'.repeat(60),
    priceText: '9'.repeat(60),
    benefits: ['B'.repeat(200), 'C'.repeat(200)],
  };

  test('is told in whole sentences, nothing left unfilled', () => {
    for (const { about, message } of everything(tag, upgrade)) {
      expect(message, about).not.toMatch(/[{}]|undefined|NaN|null|Invalid/);
      expect(message, about).toMatch(/^[A-ZÄÖÜ¿\d].*[.?]$/su);
      expect(message, about).not.toMatch(/ {2}|\.\./);
    }
  });

  test('is told in at most 320 characters, however long plans and figures are', () => {
    for (const { about, message } of everything(tag, long))
      expect(message.length, about).toBeLessThanOrEqual(320);
  });

  test('names no amount of money but the paid plan’s price', () => {
    for (const { about, message } of everything(tag, upgrade)) {
      const rest = message.replaceAll(upgrade.priceText, '');
      expect(rest, about).not.toMatch(
        /[$€£¥]|\b(?:usd|eur|dollar|dólar|cents?|budget|presupuesto|kosten)\b/i,
      );
    }
  });

  test.each(['month', 'usage', 'day'])('names the paid plan where the limit is %s', (name) => {
    const { view, ...rest } = situations[name] ?? {};
    expect(messageIn(tag, { ...rest, view: { ...view, upgrade: long } })).toContain(long.plan);
    const { benefits } = upgradeIn(localeOf(tag).language, upgrade);
    expect(benefits.length).toBe(2);
    for (const benefit of benefits)
      expect(messageIn(tag, { ...rest, ...(view === undefined ? {} : { view }) })).toContain(benefit);
  });
});

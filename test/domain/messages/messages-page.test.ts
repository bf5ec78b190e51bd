import { describe, expect, test } from 'vitest';
import { noMoney } from '../../../domain/money.ts';
import type { Notice } from '../../../domain/notice/notice.ts';
import { noticeText } from '../../../domain/notice/notice-text.ts';
import type { PeriodTotals } from '../../../domain/totals.ts';
import { at } from '../an-account.ts';
import { languages, messageIn, situations } from './situations.ts';

const period: PeriodTotals = {
  number: 2,
  startsAt: at('2026-10-31T23:00:00Z'),
  endsAt: at('2026-11-30T23:00:00Z'),
  timeZone: 'Europe/Berlin',
  plan: 'free',
  sessionsUsed: 9,
  sessionsLimit: 10,
  spent: noMoney,
  held: noMoney,
  visibleBudget: noMoney,
  hardBudget: noMoney,
  overshoot: noMoney,
  percent: 90,
  crossings: [],
};

const notices: readonly (readonly [string, Notice])[] = [
  ['85 % of the sessions', { kind: 'nudge', period: 2, threshold: 85, dimension: 'sessions' }],
  ['85 % of the use of AI', { kind: 'nudge', period: 2, threshold: 85, dimension: 'usage' }],
  ['all sessions', { kind: 'nudge', period: 2, threshold: 100, dimension: 'sessions' }],
  ['all use of AI', { kind: 'nudge', period: 2, threshold: 100, dimension: 'usage' }],
  ['reset', { kind: 'reset', period: 2, before: { sessionsUsed: 7, sessionsLimit: 10 } }],
  ['the reset is tomorrow', { kind: 'reset_soon', period: 2, at: at('2026-11-29T23:00:00Z') }],
  ['the reset is near', { kind: 'reset_soon', period: 2, at: at('2026-11-29T22:59:59Z') }],
];

describe('notices', () => {
  const told = (index: number, locale: string) => noticeText(notices[index]![1], period, locale);

  test('say in the account’s language what was used and when it resets', () => {
    expect(told(0, 'en')).toBe('You have used 9 of 10 AI sessions. Your allowance resets on 1 December.');
    expect(told(0, 'de-AT')).toBe(
      'Sie haben 9 von 10 KI-Sitzungen genutzt. Ihr Kontingent beginnt am 1. Dezember neu.',
    );
    expect(told(3, 'en')).toBe(
      'These sessions used more AI than the free plan includes. Your allowance resets on 1 December, and you can start new sessions then.',
    );
    expect(told(4, 'es')).toBe(
      'Tu cuota gratuita está de vuelta: 10 sesiones de IA. La última vez usaste 7 de 10.',
    );
  });

  test('of a reset that is near say tomorrow only on the user’s own day before it', () => {
    expect(told(5, 'en')).toBe(
      'Your free allowance resets tomorrow, and you can start new AI sessions then.',
    );
    expect(told(5, 'de')).toBe('Ihr kostenloses Kontingent beginnt morgen neu; dann geht es weiter.');
    expect(told(5, 'es')).toBe(
      'Tu cuota gratuita se renueva mañana; entonces podrás iniciar nuevas sesiones de IA.',
    );
    expect(told(6, 'en')).toContain('resets on 1 December, and');
  });

  test('of a period that ends within a day say the time', () => {
    const trial = { ...period, startsAt: at('2026-11-24T10:00:00Z'), endsAt: at('2026-11-24T10:10:00Z') };
    expect(noticeText(notices[0]![1], trial, 'en')).toContain('resets on 24 November at 11:10.');
  });
});

/** At 100 % of the sessions all ten are used. */
const endingWith = (notice: Notice): PeriodTotals =>
  notice.kind === 'nudge' && notice.threshold === 100 ? { ...period, sessionsUsed: 10 } : period;

const section = (name: string, lines: readonly string[]): string =>
  `## ${name[0]?.toUpperCase()}${name.slice(1)}\n\n${lines.join('\n')}\n`;

/** Every message as a page for people; `vitest -u` writes it after a change that was meant. */
function messagesPage(): string {
  const rows = Object.entries(situations).map(([name, changes]) => {
    const lines = languages.map((language) => `- ${language}: ${messageIn(language, changes)}`);
    return section(name, lines);
  });
  const told = notices.map(([name, notice]) =>
    section(
      `notice: ${name}`,
      languages.map((language) => `- ${language}: ${noticeText(notice, endingWith(notice), language)}`),
    ),
  );
  return `# What users read

Written by the tests from \`domain/messages\`. The user is in Berlin at 11:00 on 24 November 2026; sessions: 10 a month, 3 a day, 2
at once. Words are in the language of the account's \`locale\`, numbers and dates as its region writes them; other languages are
told in English. Price and benefits of the paid plan are in the language that \`upgrade.translations\` of the policy has them in, else
in the policy's own words.

${[...rows, ...told].join('\n')}`;
}

test('docs/messages.md shows what users are told', async () => {
  await expect(messagesPage()).toMatchFileSnapshot('../../../docs/messages.md');
});

import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { whenInWords } from '../../../domain/messages/dates.ts';
import { kept } from '../../../domain/messages/kept.ts';
import { type Language, localeOf, sentences } from '../../../domain/messages/sentences.ts';
import type { ViewShown } from '../../../domain/messages/phrases.ts';
import { noMoney } from '../../../domain/money.ts';
import type { Notice } from '../../../domain/notice/notice.ts';
import { noticeText } from '../../../domain/notice/notice-text.ts';
import type { PeriodTotals } from '../../../domain/totals.ts';
import { at } from '../an-account.ts';
import { messageIn, situations, upgrade } from './situations.ts';

const languages = Object.keys(sentences) as Language[];
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

/** The placeholders of a sentence and what they are formatted as; texts of plurals stand inside of them. */
function placeholders(text: string): string[] {
  type Node = {
    readonly type: number;
    readonly value?: string;
    readonly options?: Record<string, { value: Node[] }>;
  };
  const literal = 0;
  const pound = 7;
  const within = (nodes: readonly Node[]): string[] =>
    nodes.flatMap((node) => [
      ...(node.type === literal || node.type === pound ? [] : [String(node.value)]),
      ...Object.values(node.options ?? {}).flatMap((option) => within(option.value)),
    ]);
  return [...new Set(within(new IntlMessageFormat(text, 'en').getAst()))].sort();
}

describe.each(languages)('the sentences in %s', (language) => {
  test('are the same ones as in English, with the same placeholders', () => {
    expect(Object.keys(sentences[language])).toEqual(Object.keys(sentences.en));
    for (const [key, text] of Object.entries(sentences[language])) {
      expect([key, placeholders(text)]).toEqual([
        key,
        placeholders(sentences.en[key as keyof typeof sentences.en]),
      ]);
    }
  });

  test('are told apart from English', () => {
    const same = Object.entries(sentences[language]).filter(
      ([key, text]) => text === sentences.en[key as keyof typeof sentences.en],
    );
    expect(same.length === 0 || language === 'en').toBe(true);
  });
});

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
    const benefits = referencePolicy.plans['free']?.upgrade.benefits ?? [];
    expect(benefits.length).toBe(2);
    for (const benefit of benefits)
      expect(messageIn(tag, { ...rest, ...(view === undefined ? {} : { view }) })).toContain(benefit);
  });
});

const paid = 'Pro ($12.50 a month) gives you: Unlimited sessions · The strongest model at all times.';

test.each([
  ['clear', '3 of 10 AI sessions used. Your allowance resets on 1 December.'],
  ['indicator', '7 of 10 AI sessions used. Your allowance resets on 1 December.'],
  [
    'indicator, use of AI leads',
    '3 of 10 AI sessions used. That took a lot of AI: 75% of your free allowance is used. Your allowance resets on 1 December.',
  ],
  ['nudge', `9 of 10 AI sessions used, 1 left. Your allowance resets on 1 December. ${paid}`],
  [
    'nudge, admitted on the economy model',
    `9 of 10 AI sessions used, 1 left. Your allowance resets on 1 December. This session uses the economy model. ${paid}`,
  ],
  [
    'confirm the last session',
    `This would be your last free AI session: 10 of 10. Your allowance resets on 1 December. It would use the economy model. ${paid} Do you want to start it?`,
  ],
  [
    'confirm, use of AI leads',
    `You are close to the end of your free allowance: 96% is used. Your allowance resets on 1 December. ${paid} Do you want to start it?`,
  ],
  [
    'last session of the period admitted',
    `This is your last free AI session: 10 of 10. Your allowance resets on 1 December, and you can start new sessions then. ${paid}`,
  ],
  [
    'last session of the day admitted',
    `This is your last AI session today: 3 of 3. You can start the next one from 25 November. 5 of 10 AI sessions used. ${paid}`,
  ],
  [
    'month',
    `You have used all your free AI sessions: 10 of 10. Your allowance resets on 1 December, and you can start new sessions then. ${paid}`,
  ],
  [
    'usage',
    `6 of 10 AI sessions used. These sessions used more AI than the free plan includes. Your allowance resets on 1 December, and you can start new sessions then. ${paid}`,
  ],
  [
    'usage, of the day',
    `3 of 10 AI sessions used. Today’s sessions used more AI than the free plan includes in a day. You can go on from 25 November. ${paid}`,
  ],
  ['day', `3 of 3 AI sessions used today. You can start the next one from 25 November. ${paid}`],
  [
    'concurrent',
    `2 of 2 AI sessions running at once. End one to start another. One that stays idle ends by itself on 24 November at 11:30. ${paid}`,
  ],
  [
    'probation',
    `New accounts start with 2 AI sessions, and 2 are used. From 24 November at 12:12 your whole free allowance is yours. ${paid}`,
  ],
  [
    'session',
    `This AI session has reached the size that the free plan includes. End it and start a new one to go on. ${paid}`,
  ],
  [
    'restricted',
    '3 of 10 AI sessions used. Your allowance resets on 1 December. While a person takes a quick look at this account, it has fewer sessions and the economy model.',
  ],
  [
    'review',
    'We are taking a quick look at this account, so no new AI sessions can start for now. A person decides, and you can go on as soon as they approve.',
  ],
  [
    'suspended',
    'This free account is suspended, and no new AI sessions can start. If you think that is a mistake, please contact support.',
  ],
])('in English, %s', (name, message) => expect(messageIn('en', situations[name] ?? {})).toBe(message));

describe('languages', () => {
  test.each([
    ['en', 'en', 'en-GB'],
    ['en-US', 'en', 'en-US'],
    ['de', 'de', 'de'],
    ['de-AT', 'de', 'de-AT'],
    ['DE-at', 'de', 'de-AT'],
    ['de-Latn-CH-1996', 'de', 'de-CH'],
    ['es-419', 'es', 'es-419'],
    ['pt-BR', 'en', 'en-GB'],
    ['deu', 'en', 'en-GB'],
    ['constructor', 'en', 'en-GB'],
    ['', 'en', 'en-GB'],
  ])('%j is told in %s with the formats of %s', (tag, language, formats) =>
    expect(localeOf(tag)).toEqual({ language, formats }),
  );

  test('one is one and many are many, numbers as the locale writes them', () => {
    const used = (tag: string, count: number, limit: number) =>
      messageIn(tag, { month: { used: count, limit, remaining: limit - count } });
    expect(used('en', 1, 1_000)).toMatch(/^1 of 1,000 AI sessions used\./);
    expect(used('de', 1, 1_000)).toMatch(/^1 von 1\.000 KI-Sitzungen genutzt\./);
    expect(used('es', 1, 10_000)).toMatch(/^1 de 10\.000 sesiones de IA usadas\./);
    expect(messageIn('en', { month: { used: 0, limit: 1, remaining: 1 } })).toMatch(
      /^0 of 1 AI session used\./,
    );
    expect(messageIn('de', { month: { used: 0, limit: 1, remaining: 1 } })).toMatch(
      /^0 von 1 KI-Sitzung genutzt\./,
    );
    expect(messageIn('es', { month: { used: 0, limit: 1, remaining: 1 } })).toMatch(
      /^0 de 1 sesión de IA usada\./,
    );
  });
});

describe('instants', () => {
  const when = (text: string, tag = 'en', timeZone = 'Europe/Berlin') =>
    whenInWords(at(text), at('2026-11-24T10:00:00Z'), { locale: localeOf(tag), timeZone });

  test.each([
    ['the user’s midnight is a date', '2026-11-30T23:00:00Z', 'en', 'Europe/Berlin', '1 December'],
    [
      'the same instant elsewhere has a time',
      '2026-11-30T23:00:00Z',
      'en-US',
      'America/New_York',
      'November 30 at 6:00 PM',
    ],
    ['minutes are rounded up', '2026-11-24T10:29:01Z', 'en', 'Europe/Berlin', '24 November at 11:30'],
    [
      'a minute short of midnight is the next day',
      '2026-11-24T22:59:01Z',
      'en',
      'Europe/Berlin',
      '25 November',
    ],
    ['a year away has its year', '2027-11-23T23:00:00Z', 'en', 'Europe/Berlin', '24 November 2027'],
    ['German', '2026-11-30T23:00:00Z', 'de-AT', 'Europe/Berlin', '1. Dezember'],
    ['January in Austria', '2026-12-31T23:00:00Z', 'de-AT', 'Europe/Berlin', '1. Jänner'],
    ['Spanish', '2026-11-24T10:29:01Z', 'es', 'Europe/Berlin', '24 de noviembre a las 11:30'],
  ])('%s', (_what, text, tag, timeZone, words) => expect(when(text, tag, timeZone)).toBe(words));
});

test('what was made is kept for so many keys, the oldest given up first', () => {
  const made: string[] = [];
  const of = kept(2, (key: string) => {
    made.push(key);
    return key.toUpperCase();
  });
  expect(['a', 'b', 'a', 'c', 'a', 'c'].map((key) => of(key))).toEqual(['A', 'B', 'A', 'C', 'A', 'C']);
  expect(made).toEqual(['a', 'b', 'c', 'a']);
});

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
told in English. Plan, price and benefits stand as the policy has them, in one language.

${[...rows, ...told].join('\n')}`;
}

test('docs/messages.md shows what users are told', async () => {
  await expect(messagesPage()).toMatchFileSnapshot('../../../docs/messages.md');
});

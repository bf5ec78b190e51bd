import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { whenInWords } from '../../../domain/messages/dates.ts';
import { kept } from '../../../domain/kept.ts';
import { localeOf, sentences } from '../../../domain/messages/sentences.ts';
import { at } from '../an-account.ts';
import { languages, messageIn } from './situations.ts';

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

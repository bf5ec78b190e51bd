import { IntlMessageFormat } from 'intl-messageformat';
import type { Language } from '../language.ts';
import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { kept } from '../kept.ts';

/** Every sentence a user may read, in ICU MessageFormat: one JSON file a language, which translators' tools read as it is. */
export type SentenceKey = keyof typeof en;
type Sentences = Readonly<Record<SentenceKey, string>>;

export const sentences = { en, de, es } satisfies Record<Language, Sentences>;

const isLanguage = (name: string): name is Language => Object.hasOwn(sentences, name);

/** The language of the words, and the locale of numbers and dates in them. */
export type Locale = { readonly language: Language; readonly formats: string };

/** British English orders a date as people say it: "1 December". */
const english: Locale = { language: 'en', formats: 'en-GB' };

/** The words of a tag's language with the formats of its region; English where there are no words in it. */
export const localeOf = kept(1_000, (tag: string): Locale => {
  const [, name = '', region] = /^([a-z]{2,3})(?:-[a-z]{4})?(?:-([a-z]{2}|\d{3}))?(?:-|$)/i.exec(tag) ?? [];
  const language = name.toLowerCase();
  if (!isLanguage(language) || (language === 'en' && region === undefined)) return english;
  return { language, formats: region === undefined ? language : `${language}-${region.toUpperCase()}` };
});

const formatterOf = kept(
  1_000,
  (formats: string, language: Language, key: SentenceKey) =>
    new IntlMessageFormat(sentences[language][key], formats),
);

const rendered = kept(
  10_000,
  (formats: string, language: Language, key: SentenceKey, values: string): string =>
    String(formatterOf(formats, language, key).format(JSON.parse(values) as Record<string, string | number>)),
);

export type Values = Readonly<Record<string, string | number>>;

/** One sentence in words. Users share their figures and dates, so that most sentences have been rendered before. */
export const sentence = (locale: Locale, key: SentenceKey, values: Values = {}): string =>
  rendered(locale.formats, locale.language, key, JSON.stringify(values));

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { putUser } from '../../../api/resources/users.ts';
import { localeOf } from '../../../domain/messages/sentences.ts';
import { chosenSeed, report } from '../../properties/seed.ts';
import { badLocales } from './bad-locales.ts';
import { languages, messageIn, situations } from './situations.ts';

const seed = chosenSeed();
report(`locales: seed ${seed}`);

const soundFormats = /^[a-z]{2}(-([A-Z]{2}|\d{3}))?$/;
const isTaken = (locale: string): boolean => putUser.body?.safeParse({ locale }).success ?? false;

test.each(badLocales)(
  '%s, had an older version let it in as a locale, is told in formats that fit a header',
  (_what, tag) => {
    expect(localeOf(String(tag)).formats).toMatch(soundFormats);
    expect(messageIn(String(tag), situations['day'] ?? {})).toMatch(/3 (of|von|de) 3 /);
  },
);

test('every locale that a user may have has sentences, numbers and dates', () => {
  const rest = fc.stringMatching(/^(-[A-Za-z0-9]{2,8}){0,3}$/);
  const language = fc.oneof(fc.constantFrom(...languages, 'DE', 'Es'), fc.stringMatching(/^[A-Za-z]{2,3}$/));
  fc.assert(
    fc.property(language, rest, (first, others) => {
      const tag = first + others;
      expect(isTaken(tag)).toBe(true);
      expect(localeOf(tag).formats).toMatch(soundFormats);
      expect(messageIn(tag, situations['day'] ?? {})).toMatch(/3 (of|von|de) 3 .*25/s);
    }),
    { seed, numRuns: 2_000 },
  );
});

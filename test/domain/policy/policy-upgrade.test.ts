import { expect, test } from 'vitest';
import { policyDocument } from '../../../domain/policy/document.ts';
import { termsFor, termsOfPolicy } from '../../../domain/policy/terms.ts';
import { upgradeIn } from '../../../domain/policy/upgrade.ts';

const own = {
  plan: 'Pro',
  price_text: '$12.50 a month',
  url: 'https://example.com/upgrade',
  benefits: ['Unlimited sessions'],
};
const inEnglish = {
  plan: 'Pro',
  priceText: '$12.50 a month',
  url: 'https://example.com/upgrade',
  benefits: ['Unlimited sessions'],
};

const upgradeWith = (translations: object) => {
  const policy = policyDocument.parse({
    version: 1,
    plans: { free: { upgrade: { ...own, ...translations } } },
  });
  return termsFor(termsOfPolicy(policy), null).upgrade;
};

test('without translations the paid plan is told in the policy’s own words in every language', () => {
  for (const terms of [upgradeWith({}), upgradeWith({ translations: {} })])
    for (const language of ['en', 'de', 'es'] as const) expect(upgradeIn(language, terms)).toEqual(inEnglish);
});

test('a translation is told to those who read its language, and to nobody else', () => {
  const de = { price_text: '12,50 $ im Monat', benefits: ['Unbegrenzt viele Sitzungen'] };
  const terms = upgradeWith({ translations: { de } });
  expect(upgradeIn('de', terms)).toEqual({
    ...inEnglish,
    priceText: '12,50 $ im Monat',
    benefits: ['Unbegrenzt viele Sitzungen'],
  });
  expect(upgradeIn('en', terms)).toEqual(inEnglish);
  expect(upgradeIn('es', terms)).toEqual(inEnglish);
});

test('what a translation leaves out stands as the policy has it; an empty list offers nothing', () => {
  const terms = upgradeWith({ translations: { de: { price_text: '12,50 $' }, es: { benefits: [] } } });
  expect(upgradeIn('de', terms)).toEqual({ ...inEnglish, priceText: '12,50 $' });
  expect(upgradeIn('es', terms)).toEqual({ ...inEnglish, benefits: [] });
});

test('a policy whose own words are in another language may have them in English', () => {
  const terms = upgradeWith({
    price_text: '12,50 $ im Monat',
    benefits: ['Unbegrenzt viele Sitzungen'],
    translations: { en: { price_text: own.price_text, benefits: own.benefits } },
  });
  expect(upgradeIn('en', terms)).toEqual(inEnglish);
  expect(upgradeIn('de', terms).priceText).toBe('12,50 $ im Monat');
});

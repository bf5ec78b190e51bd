import type { Language } from '../language.ts';
import type { ParsedPlan } from './plan-document.ts';

/** The paid plan as a user reads of it. */
export type Upgrade = {
  readonly plan: string;
  readonly priceText: string;
  readonly url: string;
  readonly benefits: readonly string[];
};

/** In the policy's own words, with those that differ in a language; the plan's name and address are the same in all. */
export type UpgradeTerms = Upgrade & {
  readonly translations: Readonly<Partial<Record<Language, Pick<Upgrade, 'priceText' | 'benefits'>>>>;
};

export function termsOfUpgrade({ upgrade }: ParsedPlan): UpgradeTerms {
  const { plan, price_text: priceText, url, benefits, translations = {} } = upgrade;
  const translated = Object.entries(translations).map(
    ([language, words]) =>
      [
        language,
        { priceText: words?.price_text ?? priceText, benefits: words?.benefits ?? benefits },
      ] as const,
  );
  return { plan, priceText, url, benefits, translations: Object.fromEntries(translated) };
}

export function upgradeIn(language: Language, terms: UpgradeTerms): Upgrade {
  const { plan, url } = terms;
  const { priceText, benefits } = terms.translations[language] ?? terms;
  return { plan, priceText, url, benefits };
}

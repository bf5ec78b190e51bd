import { describe, expect, test } from 'vitest';
import { policyDocument } from '../../../domain/policy/document.ts';
import { noPrices } from '../../../domain/policy/prices.ts';
import { pricesDocument } from '../../../domain/policy/prices-document.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { termsOfPolicy } from '../../../domain/policy/terms.ts';
import { sonnet, price, policyPrices } from './a-price.ts';

describe('prices in the policy', () => {
  const own = policyPrices({
    models: {
      'My-Model': {
        input_per_million: 2,
        cached_input_per_million: 0.2,
        cache_write_per_million: 2.5,
        output_per_million: 8,
      },
      [sonnet]: { input_per_million: 1, output_per_million: 5 },
    },
    fallback: { input_per_million: 10, output_per_million: 50 },
  });

  test('name a model the table does not know', () =>
    expect(
      price(
        'my-model',
        { inputTokens: 100, cachedInputTokens: 50, cacheWriteTokens: 20, outputTokens: 10 },
        own,
      ),
    ).toBe(30 * 2 + 50 * 0.2 + 20 * 2.5 + 10 * 8));

  test('beat the table, and the table beats the fallback', () => {
    expect(price(sonnet, { inputTokens: 1_000 }, own)).toBe(1_000);
    expect(price('claude-opus-4-7', { inputTokens: 1_000 }, own)).toBe(5_000);
  });

  test('without cache prices take cached tokens as plain input', () =>
    expect(price(sonnet, { inputTokens: 1_000, cachedInputTokens: 500, cacheWriteTokens: 500 }, own)).toBe(
      1_000,
    ));

  test('are part of the policy file, and absent ones are none', () => {
    expect(termsOfPolicy(policyDocument.parse(referencePolicy)).prices).toEqual(noPrices);
    const policy = policyDocument.parse({
      ...referencePolicy,
      prices: { models: { m: { input_per_million: 1, output_per_million: 2 } } },
    });
    expect(price('m', { inputTokens: 3, outputTokens: 2 }, termsOfPolicy(policy).prices)).toBe(7);
  });

  test.each([
    ['a fallback of nothing', { fallback: { input_per_million: 0, output_per_million: 1 } }, ['fallback']],
    [
      'a price below zero',
      { models: { m: { input_per_million: -1, output_per_million: 1 } } },
      ['models', 'm', 'input_per_million'],
    ],
    [
      'a seventh decimal',
      { models: { m: { input_per_million: 0.0000001, output_per_million: 1 } } },
      ['models', 'm', 'input_per_million'],
    ],
    [
      'a missing output price',
      { models: { m: { input_per_million: 1 } } },
      ['models', 'm', 'output_per_million'],
    ],
  ])('refuse %s at its path', (_what, prices, path) => {
    const parsed = pricesDocument.safeParse(prices);
    expect(parsed.error?.issues[0]?.path).toEqual(path);
  });
});

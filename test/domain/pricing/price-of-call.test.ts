import { describe, expect, test } from 'vitest';
import { noPrices } from '../../../domain/policy/prices.ts';
import { at } from '../an-account.ts';
import { sonnet, price, policyPrices } from './a-price.ts';

describe('the price table', () => {
  test('a plain call costs what the provider prints: 3 and 15 dollars a million', () =>
    expect(price(sonnet, { inputTokens: 1_200, outputTokens: 400 })).toBe(1_200 * 3 + 400 * 15));

  test('tokens read from a cache are cheaper, and part of the input', () =>
    expect(price(sonnet, { inputTokens: 1_000, cachedInputTokens: 800 })).toBe(200 * 3 + 800 * 0.3));

  test('tokens written into a cache are dearer, and part of the input', () =>
    expect(price(sonnet, { inputTokens: 1_000, cacheWriteTokens: 800 })).toBe(200 * 3 + 800 * 3.75));

  test('above 200,000 tokens of input the whole call costs the higher tier, its output too', () => {
    expect(price(sonnet, { inputTokens: 200_000, outputTokens: 100 })).toBe(200_000 * 3 + 100 * 15);
    expect(price(sonnet, { inputTokens: 200_001, outputTokens: 100 })).toBe(200_001 * 6 + 100 * 22.5);
  });

  test('reasoning tokens are counted once, as output', () =>
    expect(price(sonnet, { outputTokens: 500, reasoningTokens: 400 })).toBe(
      price(sonnet, { outputTokens: 500 }),
    ));

  test('reasoning tokens that have a price of their own cost that', () =>
    expect(price('perplexity:sonar-deep-research', { outputTokens: 500, reasoningTokens: 400 })).toBe(
      100 * 8 + 400 * 3,
    ));

  test('a charge per call is part of the price', () =>
    expect(price('perplexity:sonar-pro', { inputTokens: 10, outputTokens: 10 })).toBe(14_000 + 30 + 150));

  test('a price that changed is the one of the day', () => {
    const call = { inputTokens: 1_000_000 };
    expect(price('o3', call, noPrices, at('2025-06-09T23:59:59.999Z'))).toBe(10_000_000);
    expect(price('o3', call, noPrices, at('2025-06-10T00:00:00Z'))).toBe(2_000_000);
    expect(price('o3', call, noPrices, at('2025-06-09T23:59:59.999Z'))).toBe(10_000_000);
  });

  test('a price by the time of day is the one of the minute', () => {
    const call = { inputTokens: 1_000_000 };
    expect(price('deepseek-chat', call, noPrices, at('2026-11-25T00:29:59.999Z'))).toBe(135_000);
    expect(price('deepseek-chat', call, noPrices, at('2026-11-25T00:30:00Z'))).toBe(270_000);
  });

  test('names are read without regard to case', () =>
    expect(price('Claude-Sonnet-4-5', { inputTokens: 10 })).toBe(30));
});

describe('a model without a price', () => {
  const call = { inputTokens: 1_000, outputTokens: 100 };

  test.each([
    ['is not in the table', 'no-such-model'],
    ['is in the table without any price', 'azure:phi-4-reasoning:free'],
    ['is priced by the second, and told of in tokens', 'groq:whisper-large-v3'],
    ['has no price for output, and has some', 'openai:text-embedding-3-small'],
    ['is named like a prototype’s property', 'constructor'],
    ['is named like the prototype', '__proto__'],
  ])('costs nothing known where it %s', (_why, model) => expect(price(model, call)).toBeNull());

  test('an embedding without output has its price', () =>
    expect(price('openai:text-embedding-3-small', { inputTokens: 1_000_000 })).toBe(20_000));

  test('costs the policy’s fallback where one is stated', () =>
    expect(
      price(
        'no-such-model',
        call,
        policyPrices({ fallback: { input_per_million: 10, output_per_million: 50 } }),
      ),
    ).toBe(1_000 * 10 + 100 * 50));
});

test('parts that exceed their whole are a broken invariant', () => {
  expect(() => price(sonnet, { inputTokens: 10, cachedInputTokens: 6, cacheWriteTokens: 5 })).toThrow(
    RangeError,
  );
  expect(() => price(sonnet, { outputTokens: 10, reasoningTokens: 11 })).toThrow(RangeError);
});

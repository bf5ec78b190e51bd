import { calcPrice, findProvider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policyDocument } from '../../../domain/policy/document.ts';
import { type PriceTerms, noPrices, termsOfPrices } from '../../../domain/policy/prices.ts';
import { pricesDocument } from '../../../domain/policy/prices-document.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { termsOfPolicy } from '../../../domain/policy/terms.ts';
import { type TokenCounts, priceOfCall } from '../../../domain/pricing/price-of-call.ts';
import { at } from '../an-account.ts';

const now = at('2026-11-25T12:00:00Z');
const sonnet = 'claude-sonnet-4-5';

const tokens = (counts: Partial<TokenCounts>): TokenCounts => ({
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  ...counts,
});

const price = (model: string, counts: Partial<TokenCounts>, prices: PriceTerms = noPrices, when = now) =>
  priceOfCall(model, tokens(counts), when, prices);

const policyPrices = (prices: unknown): PriceTerms => termsOfPrices(pricesDocument.parse(prices));

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

test('parts that exceed their whole are a broken invariant', () => {
  expect(() => price(sonnet, { inputTokens: 10, cachedInputTokens: 6, cacheWriteTokens: 5 })).toThrow(
    RangeError,
  );
  expect(() => price(sonnet, { outputTokens: 10, reasoningTokens: 11 })).toThrow(RangeError);
});

/** Dollars per million as a whole number of millionths, and so exactly known. */
const rate = fc.integer({ min: 1, max: 1_000_000_000 });

const calls = fc
  .record({
    plain: fc.nat(3_000_000),
    cached: fc.nat(3_000_000),
    written: fc.nat(3_000_000),
    output: fc.nat(5_000_000),
    reasoning: fc.nat(5_000_000),
  })
  .map(({ plain, cached, written, output, reasoning }) => ({
    parts: { plain, cached, written, output: output + reasoning },
    counts: {
      inputTokens: plain + cached + written,
      cachedInputTokens: cached,
      cacheWriteTokens: written,
      outputTokens: output + reasoning,
      reasoningTokens: reasoning,
    },
  }));

test('rounded up once: never below the exact cost, and less than a micro-dollar above it', () => {
  fc.assert(
    fc.property(calls, rate, rate, rate, rate, ({ parts, counts }, input, cached, written, output) => {
      const prices = policyPrices({
        models: {
          m: {
            input_per_million: input / 1e6,
            cached_input_per_million: cached / 1e6,
            cache_write_per_million: written / 1e6,
            output_per_million: output / 1e6,
          },
        },
      });
      const exactInMillionths =
        BigInt(parts.plain) * BigInt(input) +
        BigInt(parts.cached) * BigInt(cached) +
        BigInt(parts.written) * BigInt(written) +
        BigInt(parts.output) * BigInt(output);
      const charged = BigInt(price('m', counts, prices) ?? -1) * 1_000_000n;
      expect(charged - exactInMillionths).toBeGreaterThanOrEqual(0n);
      expect(charged - exactInMillionths).toBeLessThan(1_000_000n);
    }),
    { numRuns: 2_000 },
  );
});

const providers = [
  'anthropic',
  'openai',
  'google',
  'deepseek',
  'groq',
  'mistral',
  'x-ai',
  'openrouter',
  'azure',
  'aws',
];
const models = providers.flatMap((id) =>
  (findProvider({ providerId: id })?.models ?? []).map((model) => ({ provider: id, model: model.id })),
);

test('the table’s own calculator agrees to the micro-dollar for every model of ten providers, or the price is unknown', () => {
  expect(models.length).toBeGreaterThan(500);
  const counts = {
    inputTokens: 250_000,
    cachedInputTokens: 30_011,
    outputTokens: 7_013,
    reasoningTokens: 5_003,
  };
  let known = 0;
  for (const { provider, model } of models) {
    const theirs = calcPrice(
      {
        input_tokens: counts.inputTokens,
        cache_read_tokens: counts.cachedInputTokens,
        output_tokens: counts.outputTokens,
        output_reasoning_tokens: counts.reasoningTokens,
      },
      model,
      { providerId: provider, timestamp: new Date(now) },
    );
    const viaBareName = calcPrice({}, `${provider}:${model}`, { timestamp: new Date(now) });
    const ours = viaBareName === null ? price(`${provider}:${model}`, counts) : null;
    if (ours === null || theirs === null) continue;
    known += 1;
    const above = ours - theirs.total_price * 1e6;
    expect(above).toBeGreaterThan(-1e-6);
    expect(above).toBeLessThan(1);
  }
  expect(known).toBeGreaterThan(400);
});

import { calcPrice, findProvider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { now, price, policyPrices } from './a-price.ts';

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

test('a part that a double would lose beside the whole still rounds up', () => {
  const prices = policyPrices({
    models: { m: { input_per_million: 9_007.2, output_per_million: 0.000001 } },
  });
  const counts = { inputTokens: 2_100_000, outputTokens: 1 };
  // Billionths of a micro-dollar.
  const [input, output] = [2_100_000 * 9_007_200_000_000, 1_000];
  expect(input + output).toBe(input);
  expect(price('m', { ...counts, outputTokens: 0 }, prices)).toBe(18_915_120_000);
  expect(price('m', counts, prices)).toBe(18_915_120_001);
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

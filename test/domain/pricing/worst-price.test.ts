import fc from 'fast-check';
import { expect, test } from 'vitest';
import { microUsd } from '../../../domain/money.ts';
import { noPrices, termsOfPrices } from '../../../domain/policy/prices.ts';
import { pricesDocument } from '../../../domain/policy/prices-document.ts';
import { priceOfCall } from '../../../domain/pricing/price-of-call.ts';
import { outputTokensThatFit, worstPriceOfCall } from '../../../domain/pricing/worst-price.ts';
import { at } from '../an-account.ts';

const now = at('2026-11-25T12:00:00Z');
const models = [
  'claude-sonnet-4-5',
  'gpt-5-mini',
  'gemini-2.5-pro',
  'deepseek-chat',
  'perplexity:sonar-pro',
  'perplexity:sonar-deep-research',
  'openrouter:google/gemini-3.5-flash',
];
const model = fc.constantFrom(...models);
const input = fc.oneof(fc.nat(5_000), fc.integer({ min: 199_990, max: 200_010 }), fc.nat(2_000_000));
const output = fc.nat(100_000);

/** A call of exactly that much input and output, its parts drawn freely. */
const split = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

test('no call with that input and output costs more than the worst price, whatever was cached, written or reasoned', () => {
  fc.assert(
    fc.property(
      model,
      input,
      output,
      split,
      split,
      (name, inputTokens, most, [cached, written], [used, reasoned]) => {
        const outputTokens = Math.floor(most * used);
        const cachedInputTokens = Math.floor(inputTokens * cached);
        const actual = priceOfCall(
          name,
          {
            inputTokens,
            cachedInputTokens,
            cacheWriteTokens: Math.floor((inputTokens - cachedInputTokens) * written),
            outputTokens,
            reasoningTokens: Math.floor(outputTokens * reasoned),
          },
          now,
          noPrices,
        );
        const worst = worstPriceOfCall(name, inputTokens, most, now, noPrices);
        expect(actual).not.toBeNull();
        expect(actual ?? 0).toBeLessThanOrEqual(worst ?? -1);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('the output that fits is the most that fits: one token more would not', () => {
  fc.assert(
    fc.property(model, input, output, fc.nat(20_000_000), (name, inputTokens, most, roomLeft) => {
      const room = microUsd(roomLeft);
      const fits = outputTokensThatFit(name, inputTokens, most, room, now, noPrices) ?? Number.NaN;
      const worst = (tokens: number) =>
        worstPriceOfCall(name, inputTokens, tokens, now, noPrices) ?? Number.NaN;
      if (fits === -1) expect(worst(0)).toBeGreaterThan(room);
      else {
        expect(worst(fits)).toBeLessThanOrEqual(room);
        if (fits < most) expect(worst(fits + 1)).toBeGreaterThan(room);
        else expect(fits).toBe(most);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('input counts as written into a cache where that is dearer', () => {
  expect(worstPriceOfCall('claude-sonnet-4-5', 1_000, 100, now, noPrices)).toBe(1_000 * 3.75 + 100 * 15);
  expect(worstPriceOfCall('gpt-5-mini', 1_000, 100, now, noPrices)).toBe(1_000 * 0.25 + 100 * 2);
});

test('a model without a price has no worst price and fits nowhere', () => {
  expect(worstPriceOfCall('no-such-model', 1, 1, now, noPrices)).toBeNull();
  expect(outputTokensThatFit('no-such-model', 1, 1, microUsd(1_000_000), now, noPrices)).toBeNull();
});

test('output that the policy prices at nothing always fits', () => {
  const own = termsOfPrices(
    pricesDocument.parse({ models: { mine: { input_per_million: 1, output_per_million: 0 } } }),
  );
  expect(outputTokensThatFit('mine', 10, 500, microUsd(10), now, own)).toBe(500);
  expect(outputTokensThatFit('mine', 11, 500, microUsd(10), now, own)).toBe(-1);
});

test('a call without the output that it asked for costs no more, where the table prices its input alone', () => {
  const own = termsOfPrices(
    pricesDocument.parse({ fallback: { input_per_million: 0.0001, output_per_million: 0.0001 } }),
  );
  const nothing = { cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  const embedding = 'openai:text-embedding-3-large';
  const actual = priceOfCall(embedding, { ...nothing, inputTokens: 500_000 }, now, own);
  expect(actual).toBe(65_000);
  expect(worstPriceOfCall(embedding, 500_000, 100, now, own)).toBe(65_001);
});

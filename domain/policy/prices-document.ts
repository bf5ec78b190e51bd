import { z } from 'zod';
import { isReadable } from '../readable-text.ts';
import { about, namedSections, says, section } from './knobs.ts';

/** `prices` in the policy file: what the app pays where the price table says otherwise or nothing. */

const rateSays = says(
  'a price in dollars from 0 to 10,000, with at most six decimals',
  'write a number such as 0.25',
);

/** Dollars per million tokens, as providers print them. */
const rate = z
  .number(rateSays)
  .min(0, rateSays)
  .max(10_000, rateSays)
  .refine((dollars) => Number(dollars.toFixed(6)) === dollars, rateSays);

const unit = 'USD per million tokens';

const modelPrice = section({
  input_per_million: rate.meta(about('What a million input tokens cost', 0.25, unit)),
  cached_input_per_million: rate
    .optional()
    .meta(about('What a million cost that are read from a cache; left out: as plain input', 0.025, unit)),
  cache_write_per_million: rate
    .optional()
    .meta(about('What a million cost that are written into a cache; left out: as plain input', 0.3125, unit)),
  output_per_million: rate.meta(about('What a million output tokens cost, reasoning included', 2, unit)),
});

export type ModelPrice = z.output<typeof modelPrice>;

const isCharged = (price: ModelPrice): boolean => price.input_per_million > 0 && price.output_per_million > 0;

const nameSays = 'is no name of a model; write 1 to 200 readable characters without spaces';
const modelName = z
  .string()
  .min(1, nameSays)
  .max(200, nameSays)
  .regex(/^\S+$/, nameSays)
  .refine(isReadable, nameSays);

/** Names that another one before them differs from in case alone, with that other one. */
const namedTwice = (names: readonly string[]): (readonly [string, string])[] =>
  names.flatMap((name, index) => {
    const other = names.slice(0, index).find((before) => before.toLowerCase() === name.toLowerCase());
    return other === undefined ? [] : [[name, other] as const];
  });

export const pricesDocument = section({
  models: namedSections(modelName, modelPrice)
    .superRefine((models, context) => {
      for (const [name, other] of namedTwice(Object.keys(models)))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `is priced twice: ${other} is the same model, since case does not matter; keep one`,
        });
    })
    .default({})
    .meta(about('Prices of models, by their names, instead of those of the price table', null)),
  fallback: modelPrice
    .refine(isCharged, 'would make models that nobody knows free; state input and output prices above zero')
    .nullable()
    .default(null)
    .meta(
      about('Prices of models that neither the policy nor the table knows; null: they are refused', null),
    ),
});

export type PricesDocument = z.output<typeof pricesDocument>;

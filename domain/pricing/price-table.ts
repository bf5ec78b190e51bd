import { type ModelPrice, type PriceCalculationResult, calcPrice } from '@pydantic/genai-prices';
import { type Instant, type Milliseconds, minute } from '../instant.ts';
import { type CallRates, type Rate, rateFromDollarsPerMillion } from './rate.ts';

/** What a model charges for calls with more input than `above`; a call's tier is the last one that it is above. */
type ContextTier = { readonly above: number; readonly rates: CallRates };

type Found = {
  /** By rising input, the first for all calls. Null: the table does not know the model, or has no price for its tokens. */
  readonly tiers: readonly ContextTier[] | null;
  /** The minute this was found for, where prices change by date or by time of day; null where they never do. */
  readonly minute: Milliseconds | null;
};

/** Finding a model among 1,700 prices takes 30 µs, reading it back 0.1 µs: so many names are kept. */
const namesKept = 1_000;
const kept = new Map<string, Found>();

/** A name may say whose model it is: `groq:llama-3.3-70b-versatile` where the bare name belongs to several providers. */
function lookUp(model: string, timestamp: Date): PriceCalculationResult {
  const [, providerId, name] = /^([^:]+):(.+)$/.exec(model) ?? [];
  const asWritten = calcPrice({}, model, { timestamp });
  if (asWritten !== null || providerId === undefined || name === undefined) return asWritten;
  return calcPrice({}, name, { timestamp, providerId });
}

const tiersOf = (stated: ModelPrice[string]) => (typeof stated === 'object' ? stated.tiers : []);

/** A price under the tier of the whole input: past a tier's start, every token of the call is dearer. */
function statedAt(price: ModelPrice, key: string, above: number): number | null {
  const stated = price[key];
  if (stated === undefined) return null;
  if (typeof stated === 'number') return stated;
  const reached = stated.tiers
    .filter(({ start }) => start <= above)
    .sort((left, right) => right.start - left.start)[0];
  return reached?.price ?? stated.base;
}

function ratesAt(price: ModelPrice, above: number): CallRates {
  const rate = (key: string): Rate | null => {
    const stated = statedAt(price, key, above);
    return stated === null ? null : rateFromDollarsPerMillion(stated);
  };
  const nothing = rateFromDollarsPerMillion(0);
  const input = rate('input_mtok') ?? nothing;
  const output = rate('output_mtok') ?? nothing;
  const write = rate('cache_write_mtok') ?? input;
  return {
    input,
    cachedInput: rate('cache_read_mtok') ?? input,
    // Some entries state the price of storage alone; what is written is read as input, too.
    cacheWrite: write > input ? write : input,
    output,
    reasoning: rate('output_reasoning_mtok') ?? output,
    // Stated per thousand calls, where tokens are stated per million.
    call: rateFromDollarsPerMillion(1_000 * (statedAt(price, 'requests_kcount', above) ?? 0)),
  };
}

function tiersFrom(price: ModelPrice): readonly ContextTier[] | null {
  const starts = Object.values(price).flatMap((stated) => tiersOf(stated).map(({ start }) => start));
  const above = [...new Set([-1, ...starts])].sort((left, right) => left - right);
  const tiers = above.map((start) => ({ above: start, rates: ratesAt(price, start) }));
  return tiers.some(({ rates }) => rates.input > 0 || rates.output > 0) ? tiers : null;
}

function tiersAt(model: string, at: Instant): readonly ContextTier[] | null {
  const before = kept.get(model);
  const now = Math.floor(at / minute);
  if (before !== undefined && (before.minute === null || before.minute === now)) return before.tiers;
  const found = lookUp(model, new Date(at));
  // Names come from callers: a flood of made-up ones costs time, never memory.
  if (before === undefined && kept.size >= namesKept) kept.clear();
  const tiers = found === null ? null : tiersFrom(found.model_price);
  kept.set(model, { tiers, minute: Array.isArray(found?.model.prices) ? now : null });
  return tiers;
}

/**
 * What the table charges for such a call; null where it does not know the model, or has no price, or a price of zero, for
 * what the call uses: nothing is taken for free because a figure is missing.
 */
export function ratesInTable(
  model: string,
  inputTokens: number,
  outputTokens: number,
  at: Instant,
): CallRates | null {
  const rates = tiersAt(model, at)?.findLast(({ above }) => inputTokens > above)?.rates;
  if (rates === undefined) return null;
  const unpriced = (inputTokens > 0 && rates.input === 0) || (outputTokens > 0 && rates.output === 0);
  return unpriced ? null : rates;
}

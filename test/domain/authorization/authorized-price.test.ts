import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priceBasis } from '../../../domain/allowance/price-basis.ts';
import { authorizationId, sessionId } from '../../../domain/ids.ts';
import { type Instant, instant, minute } from '../../../domain/instant.ts';
import { dollarsOf } from '../../../domain/money.ts';
import type { PolicyDocument } from '../../../domain/policy/document.ts';
import { priceOfCall } from '../../../domain/pricing/price-of-call.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const models = ['claude-sonnet-4-5', 'gpt-5-mini', 'deepseek-chat', 'mine', 'openai:text-embedding-3-small'];

/** A policy that prices a model of its own, and those that nobody knows. */
const policyPricing = (mine: number, fallback: number): PolicyDocument => ({
  ...policyWith((plan) => ({
    ...plan,
    budget: { ...plan.budget, per_session: 1 },
    models: { standard: models, economy: models },
  })),
  prices: {
    models: { mine: { input_per_million: mine, output_per_million: 4 * mine } },
    fallback: { input_per_million: fallback, output_per_million: fallback },
  },
});

const started = (account: AnAccount): string => {
  const admission = account.ask(true);
  if (admission.outcome !== 'admitted') throw new Error('not admitted');
  return admission.session.id;
};

type Tokens = Parameters<typeof priceOfCall>[1];

/** What a call is charged, as the API works it out. */
function priced(account: AnAccount, session: string, name: string, call: Call, occurredAt: Instant | null) {
  const named = { sessionId: sessionId(session), authorizationId: authorizationId(name) };
  const basis = priceBasis(account.state, named, occurredAt, account.context());
  return priceOfCall(call.model, call.tokens, basis.at, basis.prices);
}

type Call = { readonly model: string; readonly tokens: Tokens };

const share = fc.double({ min: 0, max: 1, noNaN: true });
const price = fc.constantFrom(0.01, 0.5, 3, 40);

test('an authorized call never costs more than was reserved for it, whatever the hour and the policy when it is told', () => {
  fc.assert(
    fc.property(
      fc.record({
        model: fc.constantFrom(...models),
        input: fc.nat(20_000),
        output: fc.nat(8_000),
        shares: fc.tuple(share, share, share, share, share),
        // Around the instants at which deepseek-chat changes its price, 00:30 and 16:30, and any other.
        start: fc.oneof(fc.constantFrom(20, 980), fc.nat(24 * 60 - 1)),
        later: fc.nat(60),
        occurred: fc.option(fc.integer({ min: -90, max: 0 })),
        before: fc.tuple(price, price),
        after: fc.option(fc.tuple(price, price)),
      }),
      ({ model, input, output, shares, start, later, occurred, before, after }) => {
        const midnight = at('2026-11-24T00:00:00Z');
        const account = new AnAccount(instant(midnight + start * minute), policyPricing(...before));
        const session = started(account);
        const answer = account.authorize(session, { model, inputTokens: input, maxOutputTokens: output });
        fc.pre(answer.outcome === 'granted');
        if (answer.outcome !== 'granted') return;
        const { id, outputTokens: granted, reserved } = answer.authorization;
        account.forward(later * minute);
        if (after !== null) account.activate(policyPricing(...after));
        const inputTokens = Math.floor(input * shares[0]);
        const outputTokens = Math.floor(granted * shares[1]);
        const cachedInputTokens = Math.floor(inputTokens * shares[2]);
        const tokens = {
          inputTokens,
          cachedInputTokens,
          cacheWriteTokens: Math.floor((inputTokens - cachedInputTokens) * shares[3]),
          outputTokens,
          reasoningTokens: Math.floor(outputTokens * shares[4]),
        };
        const occurredAt = occurred === null ? null : instant(account.now + occurred * minute);
        const cost = priced(account, session, id, { model, tokens }, occurredAt);
        expect(cost).not.toBeNull();
        expect(cost ?? Infinity).toBeLessThanOrEqual(reserved);
        if (later < 30) {
          const told = account.use(session, dollarsOf(cost ?? reserved), { authorizationId: id });
          expect(told).toMatchObject({ authorization: 'settled', overshoot: 0 });
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

describe('the hour that prices a call', () => {
  const tokens = { inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0 };
  const call: Call = { model: 'deepseek-chat', tokens: { ...tokens, reasoningTokens: 0 } };
  const authorizedAt = (text: string) => {
    const account = new AnAccount(at(text), policyPricing(1, 1));
    const session = started(account);
    const answer = account.authorize(session, { ...call, inputTokens: 1_000_000, maxOutputTokens: 0 });
    if (answer.outcome !== 'granted') throw new Error('not granted');
    return { account, session, id: answer.authorization.id };
  };

  test('is that of its authorization, before the price rises at 00:30', () => {
    const { account, session, id } = authorizedAt('2026-11-24T00:25:00Z');
    account.forward(10 * minute);
    expect(priced(account, session, id, call, null)).toBe(135_000);
    expect(priced(account, session, id, call, account.now)).toBe(135_000);
  });

  test('is its own without an authorization, with an unknown one, and with one that another event used', () => {
    const { account, session, id } = authorizedAt('2026-11-24T00:25:00Z');
    account.forward(10 * minute);
    expect(priced(account, session, 'unknown', call, null)).toBe(270_000);
    expect(priced(account, session, 'unknown', call, instant(account.now - 6 * minute))).toBe(135_000);
    account.use(session, 0.1, { authorizationId: id });
    expect(priced(account, session, id, call, null)).toBe(270_000);
  });

  test('is still that of its authorization when that has expired', () => {
    const { account, session, id } = authorizedAt('2026-11-24T00:25:00Z');
    account.forward(50 * minute).ask(true);
    expect(priced(account, session, id, call, null)).toBe(135_000);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issueCommand } from '../../domain/account/issue-command.ts';
import { reservedOf } from '../../domain/account/reservations.ts';
import type { AuthorizationAnswer } from '../../domain/allowance/authorization.ts';
import { authorizationId, reviewId, sessionId } from '../../domain/ids.ts';
import { hour, minute } from '../../domain/instant.ts';
import { microUsdFromDollars } from '../../domain/money.ts';
import { priceOfCall } from '../../domain/pricing/price-of-call.ts';
import { AnAccount, policyWith } from './an-account.ts';

// Of claude-sonnet-4-5 a million input tokens cost 3.75 dollars at worst, written into a cache, and output tokens 15.
const worst = 1_000 * 3.75 + 1_000 * 15;

function admitted(account: AnAccount): string {
  const admission = account.ask(true);
  if (admission.outcome !== 'admitted') throw new Error(`not admitted: ${JSON.stringify(admission)}`);
  return admission.session.id;
}

function granted(answer: AuthorizationAnswer) {
  if (answer.outcome !== 'granted') throw new Error(`not granted: ${JSON.stringify(answer)}`);
  return answer.authorization;
}

const session = (account: AnAccount, id: string) => {
  const found = account.state.sessions.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no session ${id}`);
  return found;
};

describe('an authorization', () => {
  test('reserves the worst price of its call inside the hold, and moves no money', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const { reserved, outputTokens } = granted(account.authorize(id));
    expect({ reserved, outputTokens }).toEqual({ reserved: worst, outputTokens: 1_000 });
    expect(account.period()).toMatchObject({ held: 200_000, spent: 0 });
  });

  test('gives as many output tokens as fit, and none beside the reservations of other calls', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const first = granted(account.authorize(id, { inputTokens: 0, maxOutputTokens: 10_000_000 }));
    // 200,000 micro-dollars at 15 a token.
    expect(first.outputTokens).toBe(13_333);
    expect(account.authorize(id)).toMatchObject({
      outcome: 'refused',
      refusal: { limitedBy: 'session', resetsAt: null },
    });
  });

  test('asked for twice is one, and another call under its id is a mistake', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const request = { id: authorizationId('a'), fingerprint: 'x' };
    const first = granted(account.authorize(id, request));
    const again = account.authorize(id, request);
    expect(again).toMatchObject({ outcome: 'granted', isRepeat: true, authorization: first });
    expect(reservedOf(account.state, sessionId(id))).toBe(worst);
    expect(account.authorize(id, { ...request, fingerprint: 'y' })).toEqual({ outcome: 'id_reused' });
  });

  test('settled by its usage gives back to the session what the call did not use', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const { id: authorization } = granted(account.authorize(id));
    expect(account.use(id, 0.01, { authorizationId: authorization })).toMatchObject({
      authorization: 'settled',
      overshoot: 0,
    });
    expect(session(account, id)).toMatchObject({ held: 190_000, spent: 10_000, overshoot: 0 });
    expect(reservedOf(account.state, sessionId(id))).toBe(0);
    expect(account.use(id, 0.01, { authorizationId: authorization })).toMatchObject({
      authorization: 'used',
    });
  });

  test('is not eaten by calls without one: what they take beyond the rest of the hold is overshoot', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const { id: authorization, reserved } = granted(
      account.authorize(id, { inputTokens: 0, maxOutputTokens: 12_000 }),
    );
    expect(account.use(id, 0.05)).toMatchObject({ overshoot: 50_000 - (200_000 - reserved) });
    expect(account.use(id, reserved / 1_000_000, { authorizationId: authorization })).toMatchObject({
      overshoot: 0,
    });
  });

  test('outlives the end of its session, which keeps what it reserves and nothing else', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const { id: authorization } = granted(account.authorize(id));
    account.end(id);
    expect(session(account, id).held).toBe(worst);
    expect(account.period()).toMatchObject({ held: worst, sessionsUsed: 1 });
    expect(account.use(id, 0.01, { authorizationId: authorization })).toMatchObject({ overshoot: 0 });
    expect(session(account, id)).toMatchObject({ held: 0, spent: 10_000, overshoot: 0 });
    expect(account.period()).toMatchObject({ held: 0, spent: 10_000 });
  });

  test('of a session that ended unused expires by itself; then the session is given back', () => {
    const account = new AnAccount();
    const untouched = account.period();
    const id = admitted(account);
    account.authorize(id);
    account.end(id);
    expect(account.forward(30 * minute - 1).period()).toMatchObject({ held: worst, sessionsUsed: 1 });
    expect(account.forward(1).period()).toEqual(untouched);
  });

  test('keeps its session alive, expires at the idle timeout, and is worth nothing afterwards', () => {
    const account = new AnAccount();
    const id = admitted(account);
    account.forward(20 * minute);
    const { id: authorization } = granted(account.authorize(id));
    account.forward(20 * minute).period();
    account.use(id, 0.01);
    account.forward(15 * minute);
    expect(account.use(id, 0.01, { authorizationId: authorization })).toMatchObject({
      authorization: 'expired',
      overshoot: 0,
      continue: true,
    });
  });

  test('that nobody made is answered as unknown, and the usage is counted', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const answer = account.use(id, 0.01, { authorizationId: authorizationId('never') });
    expect(answer).toMatchObject({ authorization: 'unknown', continue: true });
    expect(account.added.usageEvents).toMatchObject([{ cost: 10_000, authorizationId: null }]);
  });

  test('is refused for a session that has ended, and where a person must look first', () => {
    const account = new AnAccount();
    const ended = admitted(account);
    account.end(ended);
    expect(account.authorize(ended)).toEqual({ outcome: 'session_ended' });
    const id = admitted(account);
    account.state = issueCommand(account.state, {
      key: 'flag',
      kind: 'flag',
      reviewId: reviewId('rev'),
      by: 'risk rule',
      note: '',
      at: account.now,
    });
    expect(account.authorize(id)).toMatchObject({
      outcome: 'refused',
      refusal: { limitedBy: 'review', resetsAt: null },
    });
  });
});

describe('the policy’s models', () => {
  const offering = (other_models: 'refuse' | 'downgrade') =>
    policyWith((plan) => ({
      ...plan,
      models: { standard: ['claude-sonnet-4-5', 'gpt-5-mini'], economy: ['gpt-5-mini'] },
      other_models,
    }));

  test('a model outside the session’s tier is refused, with those that are in it', () => {
    const account = new AnAccount(undefined, offering('refuse'));
    const id = admitted(account);
    expect(account.authorize(id, { model: 'gpt-5' })).toEqual({
      outcome: 'model_not_in_tier',
      allowed: ['claude-sonnet-4-5', 'gpt-5-mini'],
    });
    expect(account.authorize(id, { model: ' GPT-5-mini' }).outcome).toBe('granted');
  });

  test('or downgraded to the tier’s first model, and priced as that', () => {
    const account = new AnAccount(undefined, offering('downgrade'));
    const authorization = granted(account.authorize(admitted(account), { model: 'gpt-5' }));
    expect(authorization).toMatchObject({ model: 'claude-sonnet-4-5', reserved: worst });
  });

  test('a degraded session stays with the models of its tier, whatever the ladder says later', () => {
    const account = new AnAccount(undefined, offering('refuse'));
    for (let done = 0; done < 8; done += 1) account.forward(12 * hour).session();
    const id = admitted(account.forward(12 * hour));
    expect(session(account, id).tier).toBe('economy');
    account.grant({ sessions: 100 });
    expect(account.authorize(id).outcome).toBe('model_not_in_tier');
    expect(account.authorize(id, { model: 'gpt-5-mini' }).outcome).toBe('granted');
  });

  test('a model without a price is named', () => {
    const policy = policyWith((plan) => ({
      ...plan,
      models: { standard: ['our-own-model'], economy: ['our-own-model'] },
    }));
    const account = new AnAccount(undefined, policy);
    expect(account.authorize(admitted(account), { model: 'our-own-model' })).toEqual({
      outcome: 'unknown_model',
      model: 'our-own-model',
    });
  });
});

describe('tokens of a session', () => {
  const policy = policyWith((plan) => ({
    ...plan,
    budget: { ...plan.budget, per_session_tokens: 3_000 },
  }));

  test('reached, the session is told to stop', () => {
    const account = new AnAccount(undefined, policy);
    const id = admitted(account);
    expect(account.use(id, 0.001, { inputTokens: 2_000, outputTokens: 999 })).toMatchObject({
      continue: true,
    });
    expect(account.use(id, 0.001, { inputTokens: 1, outputTokens: 0 })).toMatchObject({
      continue: false,
      limitedBy: 'session',
    });
  });

  test('bound what is authorized, reservations included', () => {
    const account = new AnAccount(undefined, policy);
    const id = admitted(account);
    expect(granted(account.authorize(id, { inputTokens: 1_500, maxOutputTokens: 500 })).outputTokens).toBe(
      500,
    );
    expect(granted(account.authorize(id, { inputTokens: 600, maxOutputTokens: 9_999 })).outputTokens).toBe(
      400,
    );
    expect(account.authorize(id, { inputTokens: 0 })).toMatchObject({ outcome: 'refused' });
  });
});

type Happening =
  | { readonly kind: 'ask' }
  | { readonly kind: 'authorize'; readonly nth: number; readonly input: number; readonly output: number }
  | { readonly kind: 'settle'; readonly nth: number; readonly share: number }
  | { readonly kind: 'end'; readonly nth: number }
  | { readonly kind: 'wait'; readonly minutes: number };

const nth = fc.nat(40);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ask' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('authorize' as const),
      nth,
      input: fc.integer({ min: 0, max: 5_000 }),
      output: fc.integer({ min: 0, max: 8_000 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      nth,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), nth }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      minutes: fc.integer({ min: 1, max: 50 }),
    }),
  },
);

/** Sessions in which every call is authorized first, many at once, and some are never heard of again. */
function live(happenings: readonly Happening[], check: (account: AnAccount) => void): AnAccount {
  const account = new AnAccount();
  const sessions: string[] = [];
  const open: {
    readonly session: string;
    readonly input: number;
    readonly output: number;
    readonly id: string;
  }[] = [];
  for (const one of happenings) {
    switch (one.kind) {
      case 'ask': {
        const admission = account.forward(5_000).ask(true);
        if (admission.outcome === 'admitted') sessions.push(admission.session.id);
        break;
      }
      case 'authorize': {
        const id = sessions[one.nth % Math.max(1, sessions.length)];
        if (id === undefined) break;
        const answer = account.authorize(id, { inputTokens: one.input, maxOutputTokens: one.output });
        if (answer.outcome !== 'granted') break;
        const { authorization } = answer;
        open.push({
          session: id,
          input: one.input,
          output: authorization.outputTokens,
          id: authorization.id,
        });
        break;
      }
      case 'settle': {
        const [call] = open.splice(one.nth % Math.max(1, open.length), 1);
        const known = account.state.authorizations.find(({ id }) => id === call?.id);
        // A call that takes longer than the idle timeout is one that nobody waits for.
        if (call === undefined || known === undefined || known.expiresAt <= account.now) break;
        const outputTokens = Math.floor(call.output * one.share);
        const tokens = { inputTokens: call.input, cachedInputTokens: 0, outputTokens, reasoningTokens: 0 };
        const { prices } = account.context().policyOf(account.period().policyVersion);
        const cost = priceOfCall(known.model, { ...tokens, cacheWriteTokens: 0 }, account.now, prices);
        account.use(call.session, 0, {
          ...tokens,
          cost: cost ?? microUsdFromDollars(0),
          authorizationId: known.id,
        });
        break;
      }
      case 'end': {
        const id = sessions[one.nth % Math.max(1, sessions.length)];
        if (id !== undefined) account.end(id);
        break;
      }
      case 'wait':
        account.forward(one.minutes * minute);
        break;
      default:
        one satisfies never;
    }
    check(account);
  }
  return account;
}

const lives = fc.array(happening, { minLength: 1, maxLength: 60 });

test('where every call is authorized nothing is overshot, however many run at once and whatever ends meanwhile', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      live(happenings, (account) => {
        for (const { overshoot, spent, cap } of account.state.sessions) {
          expect(overshoot).toBe(0);
          expect(spent).toBeLessThanOrEqual(cap);
        }
      });
    }),
    { numRuns: 300 },
  ));

test('what open authorizations reserve is always held: all of it by ended sessions, part of it by running ones', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      live(happenings, (account) => {
        for (const { id, held, endedAt } of account.state.sessions) {
          const reserved = reservedOf(account.state, id);
          if (endedAt === null) expect(held).toBeGreaterThanOrEqual(reserved);
          else expect(held).toBe(reserved);
        }
        for (const { number, held } of account.state.periods) {
          const sum = account.state.sessions
            .filter(({ period }) => period === number)
            .reduce((total, one) => total + one.held, 0);
          expect(held).toBe(sum);
        }
      });
    }),
    { numRuns: 300 },
  ));

test('sessions and calls that are never heard of again return exactly what they held', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      const account = live(happenings, () => {}).forward(2 * hour);
      account.ask();
      account.forward(2 * hour);
      account.ask();
      for (const { number, held } of account.state.periods) {
        const running = account.running().filter(({ period }) => period === number);
        expect(held).toBe(running.reduce((sum, { cap }) => sum + cap, 0));
      }
      expect(account.state.authorizations.filter(({ closedAt }) => closedAt === null)).toEqual([]);
    }),
    { numRuns: 200 },
  ));

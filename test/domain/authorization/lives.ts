import fc from 'fast-check';
import { minute } from '../../../domain/instant.ts';
import { microUsdFromDollars } from '../../../domain/money.ts';
import { priceOfCall } from '../../../domain/pricing/price-of-call.ts';
import { AnAccount } from '../an-account.ts';

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
export function live(happenings: readonly Happening[], check: (account: AnAccount) => void): AnAccount {
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

export const lives = fc.array(happening, { minLength: 1, maxLength: 60 });

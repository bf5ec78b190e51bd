import fc from 'fast-check';
import { entitlementInForce } from '../../../domain/account/entitlement.ts';
import type { Authorization } from '../../../domain/account/state.ts';
import { after, hour } from '../../../domain/instant.ts';
import type { AccountRecord } from '../../../domain/story/record.ts';
import { type AnAccount, policyWith } from '../an-account.ts';

/** One thing that may happen to an account, late usage and returning days included. */
export type Step =
  | { readonly kind: 'ask'; readonly confirmed: boolean }
  | { readonly kind: 'use'; readonly nth: number; readonly cents: number }
  | { readonly kind: 'use_at_once'; readonly nth: number; readonly cents: readonly number[] }
  | { readonly kind: 'authorize'; readonly nth: number; readonly tokens: number }
  | { readonly kind: 'use_authorized'; readonly nth: number; readonly cents: number }
  | { readonly kind: 'end'; readonly nth: number }
  | {
      readonly kind: 'grant';
      readonly sessions: number;
      readonly cents: number;
      readonly days: number | null;
    }
  | { readonly kind: 'override'; readonly perPeriod: number; readonly days: number | null }
  | { readonly kind: 'withdraw'; readonly nth: number }
  | { readonly kind: 'bill'; readonly event: 'upgraded' | 'downgraded' }
  | { readonly kind: 'activate'; readonly perPeriod: number; readonly perDay: number }
  | { readonly kind: 'wait'; readonly minutes: number };

const days = fc.option(fc.integer({ min: 1, max: 40 }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), confirmed: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('use' as const),
      nth: fc.nat(30),
      cents: fc.integer({ min: 0, max: 25 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('use_at_once' as const),
      nth: fc.nat(30),
      cents: fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 2, maxLength: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('authorize' as const),
      nth: fc.nat(30),
      tokens: fc.integer({ min: 1, max: 8_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('use_authorized' as const),
      nth: fc.nat(30),
      cents: fc.integer({ min: 0, max: 15 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), nth: fc.nat(30) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      sessions: fc.integer({ min: 0, max: 4 }),
      cents: fc.integer({ min: 0, max: 100 }),
      days,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('override' as const),
      perPeriod: fc.integer({ min: 1, max: 20 }),
      days,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), nth: fc.nat(10) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('bill' as const),
      event: fc.constantFrom('upgraded' as const, 'downgraded' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('activate' as const),
      perPeriod: fc.integer({ min: 2, max: 20 }),
      perDay: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      minutes: fc.oneof(fc.integer({ min: 0, max: 45 }), fc.integer({ min: 1, max: 3 * 24 * 60 })),
    }),
  },
);

export const steps = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });

const untilOf = (account: AnAccount, length: number | null) =>
  length === null ? null : after(account.now, length * 24 * hour);

/** What a life has made so far, to be picked from. */
type Made = { readonly sessions: string[]; readonly authorizations: Authorization[] };

export const nothingMade = (): Made => ({ sessions: [], authorizations: [] });

export function take(account: AnAccount, { sessions, authorizations }: Made, happening: Step): void {
  const nth = (n: number) => sessions[n % Math.max(1, sessions.length)];
  switch (happening.kind) {
    case 'ask': {
      const admission = account.ask(happening.confirmed);
      if (admission.outcome === 'admitted') sessions.push(admission.session.id);
      return;
    }
    case 'use': {
      const id = nth(happening.nth);
      if (id !== undefined) account.use(id, happening.cents / 100);
      return;
    }
    case 'use_at_once': {
      const id = nth(happening.nth);
      if (id === undefined) return;
      account.useAtOnce(
        id,
        happening.cents.map((cents) => cents / 100),
      );
      return;
    }
    case 'authorize': {
      const id = nth(happening.nth);
      if (id === undefined) return;
      const answer = account.authorize(id, { maxOutputTokens: happening.tokens });
      if (answer.outcome === 'granted') authorizations.push(answer.authorization);
      return;
    }
    case 'use_authorized': {
      const authorization = authorizations[happening.nth % Math.max(1, authorizations.length)];
      if (authorization === undefined) return;
      account.use(authorization.sessionId, happening.cents / 100, { authorizationId: authorization.id });
      return;
    }
    case 'end': {
      const id = nth(happening.nth);
      if (id !== undefined) account.end(id);
      return;
    }
    case 'grant':
      account.grant(
        { sessions: happening.sessions, dollars: happening.cents / 100 },
        { until: untilOf(account, happening.days) },
      );
      return;
    case 'override':
      account.override(
        { sessionsPerPeriod: happening.perPeriod },
        { until: untilOf(account, happening.days) },
      );
      return;
    case 'withdraw': {
      const modifiers = entitlementInForce(account.state).modifiers ?? [];
      const modifier = modifiers[happening.nth % Math.max(1, modifiers.length)];
      if (modifier !== undefined) account.withdraw(modifier.id);
      return;
    }
    case 'bill':
      account.bill(happening.event);
      return;
    case 'activate':
      account.activateNow(
        policyWith((plan) => ({
          ...plan,
          sessions: { ...plan.sessions, per_month: happening.perPeriod, per_day: happening.perDay },
        })),
      );
      return;
    case 'wait':
      account.forward(happening.minutes * 60_000 + 1);
      return;
    default:
      happening satisfies never;
  }
}

/** The rows that the ledger would hold of an account in memory. */
export const recordOf = (account: AnAccount): AccountRecord => ({
  account: account.state.account,
  periods: account.state.periods,
  sessions: account.state.sessions,
  authorizations: account.state.authorizations,
  usageEvents: account.added.usageEvents,
  crossings: account.added.crossings,
  commands: account.added.commands,
  reviews: account.added.reviews,
  policyChanges: account.policyChanges,
  nudges: [],
  resets: [],
});

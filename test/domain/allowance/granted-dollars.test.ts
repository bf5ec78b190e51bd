import fc from 'fast-check';
import { expect, test } from 'vitest';
import { currentTermsInForce } from '../../../domain/allowance/terms-in-force.ts';
import { type Milliseconds, hour, instant } from '../../../domain/instant.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const day: Milliseconds = 24 * hour;
const planBudget = 500_000;

/** Weekly periods of half a dollar, and sessions that hold a fifth of one and may run across a reset. */
const weekly = policyWith((plan) => ({
  ...plan,
  probation: null,
  degrade: null,
  sessions: { per_day: null, per_month: 1_000, concurrent: 3, idle_timeout: 'PT2H' },
  budget: { per_month: 0.5, buffer: '20%', per_session: 0.2 },
  period: { every: 'P1W' },
}));

type Happening =
  | { readonly kind: 'grant'; readonly cents: number; readonly days: number | null }
  | { readonly kind: 'withdraw'; readonly nth: number }
  | { readonly kind: 'ask' }
  /** Sessions of one period, one after the other, that each spend all they may. */
  | { readonly kind: 'spree'; readonly sessions: number }
  /** On to a little before the next reset. */
  | { readonly kind: 'late' }
  | { readonly kind: 'authorize'; readonly nth: number; readonly output: number }
  | { readonly kind: 'use'; readonly nth: number; readonly cents: number; readonly authorized: boolean }
  | { readonly kind: 'end'; readonly nth: number }
  | { readonly kind: 'wait'; readonly minutes: number };

const nth = fc.nat(20);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      cents: fc.integer({ min: 1, max: 100 }),
      days: fc.option(fc.integer({ min: 1, max: 20 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), nth }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('spree' as const),
      sessions: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('late' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('authorize' as const),
      nth,
      output: fc.integer({ min: 0, max: 9_000 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('use' as const),
      nth,
      cents: fc.integer({ min: 0, max: 20 }),
      authorized: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), nth }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      minutes: fc.oneof(fc.integer({ min: 1, max: 180 }), fc.integer({ min: 1, max: 9 * 24 * 60 })),
    }),
  },
);

class Life {
  readonly account = new AnAccount(at('2026-03-02T10:00:00Z'), weekly);
  readonly sessions: string[] = [];
  readonly grants: string[] = [];
  granted = 0;

  /** True where a session was admitted. */
  play(one: Happening): boolean {
    const { account } = this;
    const session = this.sessions.at(-1 - ('nth' in one ? one.nth % Math.max(1, this.sessions.length) : 0));
    switch (one.kind) {
      case 'grant': {
        const until = one.days === null ? null : instant(account.now + one.days * day);
        this.grants.push(account.grant({ dollars: one.cents / 100 }, { until }));
        this.granted += one.cents * 10_000;
        return false;
      }
      case 'withdraw': {
        const grant = this.grants[one.nth];
        if (grant !== undefined) account.withdraw(grant);
        return false;
      }
      case 'ask': {
        const admission = account.forward(5 * 60_000).ask(true);
        if (admission.outcome !== 'admitted') return false;
        this.sessions.push(admission.session.id);
        return true;
      }
      case 'spree': {
        let admitted = 0;
        const { endsAt } = account.period();
        for (let many = 0; many < one.sessions && account.now + 6 * 60_000 < endsAt; many += 1) {
          const admission = account.forward(5 * 60_000).ask(true);
          if (admission.outcome !== 'admitted') break;
          account.use(admission.session.id, 0.2);
          account.end(admission.session.id);
          admitted += 1;
        }
        return admitted > 0;
      }
      case 'late':
        account.now = instant(Math.max(account.now, account.period().endsAt - 20 * 60_000));
        return false;
      case 'authorize':
        if (session !== undefined) account.authorize(session, { maxOutputTokens: one.output });
        return false;
      case 'use': {
        if (session === undefined) return false;
        const open = account.state.authorizations.find(
          ({ sessionId, closedAt }) => sessionId === session && closedAt === null,
        );
        account.use(session, one.cents / 100, one.authorized ? { authorizationId: open?.id ?? null } : {});
        return false;
      }
      case 'end':
        if (session !== undefined) account.end(session);
        return false;
      case 'wait':
        account.forward(one.minutes * 60_000);
        return false;
      default:
        return one satisfies never;
    }
  }
}

const lives = fc.array(happening, { minLength: 1, maxLength: 60, size: 'max' });

function holdsThroughout(check: (life: Life, admitted: boolean) => void): void {
  fc.assert(
    fc.property(lives, (happenings) => {
      const life = new Life();
      for (const one of happenings) {
        const admitted = life.play(one);
        life.account.period();
        check(life, admitted);
      }
    }),
    { numRuns: 120 },
  );
}

test('grants of dollars never pay for more than their amounts, over all periods together, but for overshoot', () =>
  holdsThroughout(({ account, granted }) => {
    const beyondPlan = account.state.periods.reduce(
      (sum, { spent, held, overshoot }) => sum + Math.max(0, spent + held - overshoot - planBudget),
      0,
    );
    expect(beyondPlan).toBeLessThanOrEqual(granted);
  }));

test('an admission leaves what is spent and held within the hard budget in force, and nothing else raises it but overshoot', () => {
  let before = new Map<number, number>();
  let seen: Life | null = null;
  holdsThroughout((life, admitted) => {
    const { account } = life;
    if (life !== seen) before = new Map();
    seen = life;
    const context = account.context();
    for (const { number, spent, held, overshoot } of account.state.periods) {
      const committed = spent + held - overshoot;
      const isCurrent = number === account.state.account.currentPeriod;
      if (admitted && isCurrent) {
        const { hardBudget } = currentTermsInForce(account.state, context);
        expect(spent + held).toBeLessThanOrEqual(hardBudget);
      } else {
        expect(committed).toBeLessThanOrEqual(before.get(number) ?? 0);
      }
      before.set(number, committed);
    }
  });
});

test('counters equal their sums, whatever is authorized, granted and withdrawn', () =>
  holdsThroughout(({ account }) => {
    for (const period of account.state.periods) {
      const sessions = account.state.sessions.filter((session) => session.period === period.number);
      const sum = (of: (session: (typeof sessions)[number]) => number) =>
        sessions.reduce((total, session) => total + of(session), 0);
      expect(period.spent).toBe(sum((session) => session.spent));
      expect(period.held).toBe(sum((session) => session.held));
      expect(period.overshoot).toBe(sum((session) => session.overshoot));
      expect(period.sessionsUsed).toBe(sum((session) => Number(session.counted)));
    }
    for (const { id, spent, held, cap, overshoot, endedAt } of account.state.sessions) {
      const events = account.added.usageEvents.filter(({ sessionId }) => sessionId === id);
      expect(overshoot).toBe(events.reduce((sum, event) => sum + event.overshoot, 0));
      expect(spent).toBe(events.reduce((sum, event) => sum + event.cost, 0));
      if (endedAt === null) expect(spent + held).toBe(cap + overshoot);
      else expect(spent + held).toBeLessThanOrEqual(cap + overshoot);
    }
  }));

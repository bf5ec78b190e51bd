import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withAccount } from '../../../domain/account/change.ts';
import { decideAdmission } from '../../../domain/allowance/admission.ts';
import { bindingLimits } from '../../../domain/allowance/limits.ts';
import { userView } from '../../../domain/usage-view.ts';
import { termsOfPeriod } from '../../../domain/account/context.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

/** One thing that may happen to an account. */
type Step =
  | { readonly kind: 'ask'; readonly confirmed: boolean }
  | { readonly kind: 'use'; readonly nth: number; readonly cents: number }
  | { readonly kind: 'end'; readonly nth: number }
  | { readonly kind: 'wait'; readonly minutes: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), confirmed: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('use' as const),
      nth: fc.nat(30),
      cents: fc.integer({ min: 0, max: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), nth: fc.nat(30) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      minutes: fc.integer({ min: 1, max: 3 * 24 * 60 }),
    }),
  },
);

/** A life in memory, and everything a checker needs to know about it. */
class Life {
  readonly account = new AnAccount(at('2026-01-31T10:00:00Z'));
  readonly sessions: string[] = [];
  readonly usedLate = new Set<string>();
  readonly largestCall = new Map<string, number>();

  play(happening: Step): void {
    const { account } = this;
    switch (happening.kind) {
      case 'ask': {
        const admission = account.ask(happening.confirmed);
        if (admission.outcome === 'admitted') this.sessions.push(admission.session.id);
        return;
      }
      case 'use': {
        const id = this.sessions[happening.nth % Math.max(1, this.sessions.length)];
        const session = account.state.sessions.find((one) => one.id === id);
        // A well-behaved caller stops where it is told to; usage of ended sessions may still arrive, late.
        if (id === undefined || session === undefined || session.spent >= session.cap) return;
        const wasRunning = account.running().some((one) => one.id === id);
        account.use(id, happening.cents / 100);
        if (!wasRunning) this.usedLate.add(id);
        this.largestCall.set(id, Math.max(this.largestCall.get(id) ?? 0, happening.cents * 10_000));
        return;
      }
      case 'end': {
        const id = this.sessions[happening.nth % Math.max(1, this.sessions.length)];
        if (id !== undefined) account.end(id);
        return;
      }
      case 'wait':
        account.forward(happening.minutes * 60_000);
        return;
      default:
        happening satisfies never;
    }
  }
}

const lives = fc.array(step, { minLength: 1, maxLength: 80 });

/** Plays random lives and checks after every step. */
function holdsThroughout(check: (life: Life) => void): void {
  fc.assert(
    fc.property(lives, (steps) => {
      const life = new Life();
      for (const happening of steps) {
        life.play(happening);
        check(life);
      }
    }),
    { numRuns: 400 },
  );
}

test('a period never spends and holds more than its hard budget, but for what single calls overshoot', () =>
  holdsThroughout(({ account }) => {
    for (const period of account.state.periods) {
      const terms = termsOfPeriod(period, account.context());
      expect(period.spent + period.held).toBeLessThanOrEqual(terms.hardBudget + period.overshoot);
    }
  }));

test('a session overshoots its cap by less than its largest call, late usage of ended sessions apart', () =>
  holdsThroughout(({ account, largestCall, usedLate }) => {
    for (const session of account.state.sessions) {
      if (!usedLate.has(session.id)) {
        expect(session.overshoot).toBeLessThanOrEqual(largestCall.get(session.id) ?? 0);
      }
      expect(session.spent).toBeLessThanOrEqual(session.cap + session.overshoot);
    }
  }));

test('the counters of a period equal the sums over its sessions', () =>
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
  }));

test('a threshold is crossed at most once in a period', () =>
  holdsThroughout(({ account }) => {
    const keys = account.added.crossings.map(({ period, threshold }) => `${period}/${threshold}`);
    expect(new Set(keys).size).toBe(keys.length);
  }));

test('periods tile: each starts where the one before it ended', () =>
  holdsThroughout(({ account }) => {
    const periods = [...account.state.periods].sort((left, right) => left.number - right.number);
    for (const [index, period] of periods.entries()) {
      const next = periods[index + 1];
      if (next !== undefined && next.number === period.number + 1) expect(next.startsAt).toBe(period.endsAt);
    }
  }));

/** As the reference policy has it in each language. */
const pricesToldOf = /\$12\.50 a month|12,50 \$ im Monat|12,50 \$ al mes/g;

test('a user view never holds an amount of money, in any language', () =>
  holdsThroughout(({ account }) => {
    for (const locale of ['en', 'de-AT', 'es', 'pt-BR']) {
      const state = withAccount(account.state, { locale });
      const { upgrade: _price, message, ...view } = userView(state, account.context(), { kind: 'standing' });
      expect(Object.keys(view).join(' ')).not.toMatch(/usd|dollar|spent|held|budget/i);
      // The price of the paid plan is the one figure that the message may quote.
      expect(message.replaceAll(pricesToldOf, '')).not.toMatch(/[$€£¥]|usd|eur|dollar|dólar|budget/i);
    }
  }));

test('where no session’s hold fits any more nothing remains, though sessions and visible budget are left', () => {
  const account = new AnAccount(
    at('2026-11-24T10:00:00Z'),
    policyWith((plan) => ({
      ...plan,
      sessions: { ...plan.sessions, per_day: null },
      budget: { ...plan.budget, buffer: '0%' },
      degrade: null,
    })),
  );
  for (let session = 0; session < 9; session += 1) account.session(0.21);
  const view = userView(account.state, account.context(), { kind: 'standing' });
  expect(account.ask(true).outcome).toBe('refused');
  expect(view).toMatchObject({
    limitedBy: 'usage',
    month: { used: 9, limit: 10, remaining: 0 },
    percent: 94,
  });
});

test('what remains is never a number that would be refused until the period or the day ends', () =>
  holdsThroughout(({ account }) => {
    const view = userView(account.state, account.context(), { kind: 'standing' });
    const request = { confirmed: true, client: null, metadata: null };
    const { answer } = decideAdmission(account.state, request, account.context());
    if (answer.outcome !== 'refused') return;
    for (const { limit, resetsAt } of answer.refusal.violated) {
      const isWindow = limit === 'month' || limit === 'day' || limit === 'usage';
      if (isWindow && resetsAt === view.month.resetsAt) expect(view.month.remaining).toBe(0);
      if (isWindow && resetsAt === view.today.resetsAt) expect(view.today.remaining).toBe(0);
    }
  }));

test('less use never refuses more: giving back a running session lifts no limit into force', () =>
  holdsThroughout(({ account }) => {
    const running = account.running().find((session) => session.usageEvents === 0);
    if (running === undefined) return;
    const before = bindingLimits(account.state, account.context()).map(({ limit }) => limit);
    const other = new AnAccount(account.now);
    other.state = account.state;
    other.end(running.id);
    const after = bindingLimits(other.state, other.context()).map(({ limit }) => limit);
    for (const limit of after) expect(before).toContain(limit);
  }));

test('an unused session that ends gives back exactly what it took', () => {
  const account = new AnAccount();
  const untouched = account.period();
  const admission = account.ask();
  if (admission.outcome !== 'admitted') throw new Error('a new account was refused');
  account.end(admission.session.id);
  expect(account.period()).toEqual({ ...untouched });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Milliseconds, hour, instant } from '../../../domain/instant.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const day: Milliseconds = 24 * hour;
const sessionsPerPeriod = 4;

/** Weekly periods of four sessions; dollars never bind unless a test spends them. */
const weekly = policyWith((plan) => ({
  ...plan,
  probation: null,
  degrade: null,
  sessions: { per_day: null, per_month: sessionsPerPeriod, concurrent: 100 },
  period: { every: 'P1W' },
}));

const start = at('2026-03-02T10:00:00Z');
const newAccount = () => new AnAccount(start, weekly);

/** Asks until refused, and says how many were admitted. */
function useUp(account: AnAccount): number {
  let admitted = 0;
  while (account.forward(hour / 2).session() !== 'refused') admitted += 1;
  return admitted;
}

const toNextWeek = (account: AnAccount): AnAccount => {
  account.now = account.period().endsAt;
  return account;
};

describe('a grant of sessions', () => {
  test('is drawn once, over as many periods as it lasts', () => {
    const account = newAccount();
    account.grant({ sessions: 6 });
    for (let session = 0; session < 8; session += 1) account.forward(hour).session();
    expect(toNextWeek(account).period().drawnBefore).toMatchObject({ grant_1: { sessions: 4 } });
    expect(account.limits().sessionsPerPeriod.value).toBe(6);
    expect(useUp(account)).toBe(6);
    expect(useUp(toNextWeek(account))).toBe(4);
  });

  test('is not drawn by periods that stay within their own limits, nor by silent ones', () => {
    const account = newAccount();
    account.grant({ sessions: 3 });
    account.session();
    account.forward(40 * day);
    expect(account.limits().sessionsPerPeriod.value).toBe(7);
  });

  test('of several, the lowest priority is drawn first, then the one that ends first', () => {
    const account = newAccount();
    const last = account.grant({ sessions: 5 }, { priority: 200 });
    const second = account.grant({ sessions: 5 });
    const first = account.grant({ sessions: 1 }, { until: instant(account.now + 30 * day) });
    for (let session = 0; session < 7; session += 1) account.forward(hour).session();
    const { drawnBefore } = toNextWeek(account).period();
    expect(drawnBefore).toEqual({ [first]: { sessions: 1, spent: 0 }, [second]: { sessions: 2, spent: 0 } });
    expect(drawnBefore[last]).toBeUndefined();
  });

  test('that has ended keeps what it gave to the period, so that the next grant gives all of its own', () => {
    const account = newAccount();
    account.grant({ sessions: 3 }, { until: instant(account.now + 2 * day) });
    expect(useUp(account)).toBe(7);
    account.forward(2 * day);
    expect(account.limits().sessionsPerPeriod.value).toBe(7);
    account.grant({ sessions: 2 });
    expect(useUp(account)).toBe(2);
    expect(useUp(toNextWeek(account))).toBe(4);
  });

  test('that has ended unused gives nothing', () => {
    const account = newAccount();
    account.grant({ sessions: 3 }, { until: instant(account.now + hour) });
    account.forward(hour);
    expect(useUp(account)).toBe(4);
  });

  test('withdrawn half-way gives no more, and what it gave stays given', () => {
    const account = newAccount();
    const id = account.grant({ sessions: 5 });
    for (let session = 0; session < 6; session += 1) account.forward(hour).session();
    expect(account.withdraw(id)).toBe(true);
    expect(account.limits().sessionsPerPeriod).toMatchObject({ value: 6 });
    expect(account.session()).toBe('refused');
    expect(useUp(toNextWeek(account))).toBe(4);
  });
});

test('a grant of dollars is drawn from the visible budget on, running holds included', () => {
  const account = newAccount();
  account.grant({ dollars: 1 });
  account.override({ sessionsPerPeriod: 100 });
  // Ten sessions of 0.19 spend 1.90 of a visible budget of 1.60, and one more holds 0.20.
  for (let session = 0; session < 10; session += 1) account.forward(hour).session(0.19);
  account.now = instant(account.period().endsAt - 1);
  expect(account.ask(true).outcome).toBe('admitted');
  account.forward(1);
  expect(account.period().drawnBefore).toEqual({ grant_1: { sessions: 0, spent: 500_000 } });
  expect(account.limits().hardBudget.value).toBe(2_500_000);
  expect(account.limits().visibleBudget.value).toBe(2_100_000);
});

type Happening =
  | {
      readonly kind: 'grant';
      readonly sessions: number;
      readonly days: number | null;
      readonly priority: number;
    }
  | { readonly kind: 'withdraw'; readonly nth: number }
  | { readonly kind: 'sessions'; readonly many: number; readonly unused: boolean }
  | { readonly kind: 'wait'; readonly hours: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      sessions: fc.integer({ min: 1, max: 6 }),
      days: fc.option(fc.integer({ min: 1, max: 25 })),
      priority: fc.constantFrom(50, 100, 150),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), nth: fc.nat(5) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('sessions' as const),
      many: fc.integer({ min: 1, max: 8 }),
      unused: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      hours: fc.integer({ min: 1, max: 24 * 16 }),
    }),
  },
);

type Granted = { readonly id: string; readonly sessions: number };

/** A life of grants; every session is used or given back at once, so that what is counted is what was given. */
function live(
  happenings: readonly Happening[],
  check: (account: AnAccount, granted: readonly Granted[]) => void,
) {
  const account = newAccount();
  const granted: Granted[] = [];
  for (const one of happenings) {
    switch (one.kind) {
      case 'grant': {
        const until = one.days === null ? null : instant(account.now + one.days * day);
        const id = account.grant({ sessions: one.sessions }, { until, priority: one.priority });
        granted.push({ id, sessions: one.sessions });
        break;
      }
      case 'withdraw': {
        const grant = granted[one.nth];
        if (grant !== undefined) account.withdraw(grant.id);
        break;
      }
      case 'sessions':
        for (let session = 0; session < one.many; session += 1) {
          // An hour between sessions: nobody is flagged for haste.
          account.forward(hour);
          const first = account.ask();
          const admission = first.outcome === 'confirm' ? account.ask(true) : first;
          if (admission.outcome !== 'admitted') break;
          if (!one.unused) account.use(admission.session.id, 0.001);
          account.end(admission.session.id);
        }
        break;
      case 'wait':
        account.forward(one.hours * hour);
        break;
      default:
        one satisfies never;
    }
    account.period();
    check(account, granted);
  }
}

const lives = fc.array(happening, { minLength: 1, maxLength: 30 });

test('over any number of periods, grants never give more than their amounts in total', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      live(happenings, (account, granted) => {
        const beyondPlan = account.state.periods.reduce(
          (sum, period) => sum + Math.max(0, period.sessionsUsed - sessionsPerPeriod),
          0,
        );
        const given = granted.reduce((sum, { sessions }) => sum + sessions, 0);
        expect(beyondPlan).toBeLessThanOrEqual(given);
      });
    }),
    { numRuns: 150 },
  ));

test('no grant is drawn beyond its own amount, by earlier periods and this one together', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      live(happenings, (account, granted) => {
        for (const [id, drawn] of Object.entries(account.period().drawnBefore)) {
          const amount = granted.find((grant) => grant.id === id)?.sessions ?? 0;
          expect(drawn.sessions + (drawn.here?.sessions ?? 0)).toBeLessThanOrEqual(amount);
        }
      });
    }),
    { numRuns: 150 },
  ));

test('whatever starts, ends or is withdrawn, the limit stays at or above what was used under it, and the plan', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      live(happenings, (account) => {
        const { value } = account.limits().sessionsPerPeriod;
        expect(value).toBeGreaterThanOrEqual(sessionsPerPeriod);
        expect(account.period().sessionsUsed).toBeLessThanOrEqual(value);
      });
    }),
    { numRuns: 150 },
  ));

test('a limit is the sum of what its contributions say', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      live(happenings, (account) => {
        const { value, contributions } = account.limits().sessionsPerPeriod;
        expect(contributions.reduce((sum, step) => sum + step.value, 0)).toBe(value);
      });
    }),
    { numRuns: 150 },
  ));

import { expect, test } from 'vitest';
import { microUsdFromDollars } from '../../../domain/money.ts';
import { type ParsedPolicy, type PolicyDocument, policyDocument } from '../../../domain/policy/document.ts';
import { type TypicalCosts, policyFindings as findingsAt } from '../../../domain/policy/findings.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { at, policyWith } from '../an-account.ts';

type Free = PolicyDocument['plans'][string];

const parsed = (policy: PolicyDocument) => policyDocument.parse(policy);
const policyFindings = (policy: ParsedPolicy, costs: TypicalCosts | null) =>
  findingsAt(policy, costs, at('2026-11-25T12:00:00Z'));
const warnedOf = (policy: PolicyDocument): string[] =>
  policyFindings(parsed(policy), null)
    .filter(({ kind }) => kind === 'warning')
    .map(({ path }) => path);

const cost = (median: number, p90: number, sessions = 100) =>
  new Map([['free', { median: microUsdFromDollars(median), p90: microUsdFromDollars(p90), sessions }]]);

test('the reference policy has no warning, and its dollars bind after eight full-cost sessions', () => {
  expect(warnedOf(referencePolicy)).toEqual([]);
  expect(policyFindings(parsed(referencePolicy), null)).toEqual([
    {
      kind: 'note',
      path: 'plans.free.sessions.per_month',
      text: 'for users of the plan free, at full-cost sessions ($0.20) dollars bind: after 8 sessions, of 10 shown',
    },
  ]);
});

test('at a typical cost that the budget bears sessions bind, and a dearer one is warned of', () => {
  const cheap = policyFindings(parsed(referencePolicy), cost(0.01, 0.05));
  expect(cheap.map(({ kind }) => kind)).toEqual(['note', 'note']);
  expect(cheap[1]?.text).toBe(
    'for users of the plan free, at the median of the 100 sessions of the last 30 days ($0.01) sessions bind: all 10 can be used; at their 90th percentile ($0.05) sessions bind: all 10 can be used',
  );
  const dear = policyFindings(parsed(referencePolicy), cost(0.19, 0.2));
  expect(dear.at(-1)).toEqual({
    kind: 'warning',
    path: 'plans.free.budget.per_month',
    text: 'the 10 sessions shown cannot be reached at the typical cost: raise budget.per_month or show 9',
  });
});

test('each plan is measured by what its own sessions cost', () => {
  const free = referencePolicy.plans['free'] as Free;
  const found = policyFindings(
    parsed({ ...referencePolicy, plans: { free, school: free, trial: free } }),
    new Map([...cost(0.19, 0.2), ['school', { ...cost(0.01, 0.02).get('free')!, sessions: 1 }]]),
  );
  expect(found.filter(({ kind }) => kind === 'warning').map(({ path }) => path)).toEqual([
    'plans.free.budget.per_month',
  ]);
  const seen = found.filter(({ text }) => text.includes('30 days')).map(({ text }) => text);
  expect(seen).toHaveLength(3);
  expect(seen[1]).toContain('plan school, at the median of the one session of the last 30 days ($0.01)');
  expect(seen[2]).toBe(
    'no session of the plan trial ended in the last 30 days, so its typical cost is not known',
  );
});

test.each<[string, (free: Free) => Free]>([
  ['plans.free.budget.buffer', (free) => ({ ...free, budget: { ...free.budget, buffer: '5%' } })],
  [
    'plans.free.budget.per_session',
    (free) => ({
      ...free,
      budget: { per_month: 1, buffer: '60%', per_session: 0.5 },
      sessions: { concurrent: 1 },
    }),
  ],
  ['plans.free.budget.per_session', (free) => ({ ...free, budget: { ...free.budget, per_session: 0 } })],
  ['plans.free.budget.per_day', (free) => ({ ...free, budget: { ...free.budget, per_day: 0.1 } })],
  [
    'plans.free.budget.per_day',
    (free) => ({ ...free, budget: { per_month: 7, per_session: 0.15, per_day: 0.18 } }),
  ],
  ['plans.free.degrade.per_session', (free) => ({ ...free, degrade: { at: '85%', per_session: 0.3 } })],
  ['plans.free.degrade.at', (free) => ({ ...free, degrade: { at: '100%', tier: 'economy' } })],
  [
    'plans.free.friction.confirm',
    (free) => ({ ...free, sessions: { per_month: 4, per_day: 3 }, probation: null }),
  ],
  ['plans.free.sessions.per_day', (free) => ({ ...free, sessions: { per_day: 1, per_month: 40 } })],
  ['plans.free.probation.sessions', (free) => ({ ...free, probation: { for: 'PT2H', sessions: 10 } })],
])('%s is warned of where it cannot work as it reads', (path, change) => {
  expect(warnedOf(policyWith(change))).toEqual([path]);
});

test('a day’s dollars that add up to less than the period’s are warned of with the sum', () => {
  const withDay = (perDay: number, every = 'P1M') =>
    policyFindings(
      parsed(
        policyWith((free) => ({
          ...free,
          budget: { per_month: 7, per_session: 0.15, per_day: perDay },
          period: { every },
        })),
      ),
      null,
    ).filter(({ path }) => path.endsWith('budget.per_day'));
  expect(withDay(0.18).map(({ text }) => text)).toEqual([
    '$0.18 a day over a period of P1M comes to $5.58 and cannot reach the visible $5.60: raise it, or lower per_month',
  ]);
  expect(withDay(0.19)).toEqual([]);
  expect(withDay(0.79, 'P1W')).toHaveLength(1);
  expect(withDay(0.8, 'P1W')).toEqual([]);
});

test('a model whose calls could not be priced is warned of, and one that the policy prices is not', () => {
  const models = {
    standard: ['our-own-model', 'our-own-model', 'claude-sonnet-4-5'],
    economy: ['gpt-5-mini'],
  };
  const policy = policyWith((free) => ({ ...free, models }));
  expect(policyFindings(parsed(policy), null).slice(1)).toEqual([
    {
      kind: 'warning',
      path: 'plans.free.models.standard',
      text: 'the model our-own-model has no known price, so that its usage is refused unless cost_usd is sent: check its name, or state it under prices.models',
    },
  ]);
  const prices = { models: { 'Our-Own-Model': { input_per_million: 1, output_per_million: 2 } } };
  expect(warnedOf({ ...policy, prices })).toEqual([]);
  expect(
    warnedOf({ ...policy, prices: { fallback: { input_per_million: 1, output_per_million: 2 } } }),
  ).toEqual([]);
});

test('0.2 where a percentage belongs is taken as 0.2%, with a warning', () => {
  const found = policyFindings(parsed({ ...referencePolicy, growth: { holdout: 0.2 } }), null);
  expect(found.map(({ path, text }) => `${path} ${text}`)).toContain(
    'growth.holdout is 0.2%: write 20% if that was meant',
  );
});

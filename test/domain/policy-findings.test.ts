import { expect, test } from 'vitest';
import { policyVersion } from '../../domain/ids.ts';
import { microUsdFromDollars } from '../../domain/money.ts';
import { policyDiff } from '../../domain/policy/diff.ts';
import { type PolicyDocument, policyDocument } from '../../domain/policy/document.ts';
import { policyFindings } from '../../domain/policy/findings.ts';
import { reachOf } from '../../domain/policy/reach.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { termsOfPolicy } from '../../domain/policy/terms.ts';
import { policyWith } from './an-account.ts';

type Free = PolicyDocument['plans'][string];

const terms = (policy: PolicyDocument) => termsOfPolicy(policyDocument.parse(policy));
const warnedOf = (policy: PolicyDocument): string[] =>
  policyFindings(terms(policy), null)
    .filter(({ kind }) => kind === 'warning')
    .map(({ path }) => path);

const cost = (median: number, p90: number) => ({
  median: microUsdFromDollars(median),
  p90: microUsdFromDollars(p90),
  sessions: 100,
});

test('the reference policy has no warning, and its dollars bind after eight full-cost sessions', () => {
  expect(warnedOf(referencePolicy)).toEqual([]);
  expect(policyFindings(terms(referencePolicy), null)).toEqual([
    {
      kind: 'note',
      path: 'plans.free.sessions.per_month',
      text: 'for users of the plan free, at full-cost sessions ($0.20) dollars bind: after 8 sessions, of 10 shown',
    },
  ]);
});

test('at a typical cost that the budget bears sessions bind, and a dearer one is warned of', () => {
  const cheap = policyFindings(terms(referencePolicy), cost(0.01, 0.05));
  expect(cheap.map(({ kind }) => kind)).toEqual(['note', 'note']);
  expect(cheap[1]?.text).toContain('sessions bind: all 10 can be used');
  const dear = policyFindings(terms(referencePolicy), cost(0.19, 0.2));
  expect(dear.at(-1)).toMatchObject({ kind: 'warning', path: 'plans.free.budget.per_month' });
  expect(dear.at(-1)?.text).toContain('show 9');
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
  ['plans.free.budget.per_day', (free) => ({ ...free, budget: { ...free.budget, per_day: 0.1 } })],
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

test('a diff names each knob that differs, with both values, and nothing else', () => {
  const from = policyDocument.parse(referencePolicy);
  const to = policyDocument.parse(
    policyWith((free) => ({ ...free, sessions: { ...free.sessions, per_month: 20 }, degrade: null })),
  );
  expect(policyDiff(from, from)).toEqual([]);
  expect(policyDiff(from, to)).toContainEqual({
    path: 'plans.free.sessions.per_month',
    from: '10',
    to: '20',
  });
  const paths = policyDiff(from, to).map(({ path }) => path);
  expect(paths.every((path) => path.includes('per_month') || path.includes('degrade'))).toBe(true);
});

test('whom other limits stop or free is counted from what was used', () => {
  const fewer = terms(policyWith((free) => ({ ...free, sessions: { ...free.sessions, per_month: 5 } })));
  const used = (sessionsUsed: number, accounts: number, plan = 'free') => ({
    version: policyVersion('v1'),
    plan,
    sessionsUsed,
    spent: microUsdFromDollars(0),
    accounts,
  });
  const uses = [used(4, 7), used(5, 3), used(10, 2), used(1, 1, 'gone')];
  expect(reachOf(uses, () => terms(referencePolicy), fewer)).toEqual({
    stopped: 3,
    freed: 0,
    withoutPlan: 1,
  });
  expect(reachOf(uses, () => fewer, terms(referencePolicy))).toEqual({
    stopped: 0,
    freed: 3,
    withoutPlan: 1,
  });
});

test('a running period is measured by the version it was opened with', () => {
  const ofSessions = (perMonth: number) =>
    terms(policyWith((free) => ({ ...free, sessions: { ...free.sessions, per_month: perMonth } })));
  const byVersion: Readonly<Record<string, ReturnType<typeof terms>>> = {
    old: ofSessions(10),
    new: ofSessions(8),
  };
  const use = {
    version: policyVersion('old'),
    plan: 'free',
    sessionsUsed: 8,
    spent: microUsdFromDollars(0),
    accounts: 1,
  };
  const reach = reachOf([use], (version) => byVersion[version] ?? ofSessions(1), ofSessions(7));
  expect(reach).toEqual({ stopped: 1, freed: 0, withoutPlan: 0 });
});

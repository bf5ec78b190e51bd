import { expect, test } from 'vitest';
import { policyVersion } from '../../../domain/ids.ts';
import { microUsdFromDollars } from '../../../domain/money.ts';
import { type PolicyDocument, policyDocument } from '../../../domain/policy/document.ts';
import { accountsOnPlans, reachOf } from '../../../domain/policy/reach.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { termsOfPolicy } from '../../../domain/policy/terms.ts';
import { policyWith } from '../an-account.ts';

const terms = (policy: PolicyDocument) => termsOfPolicy(policyDocument.parse(policy));

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
    kept: 1,
  });
  expect(reachOf(uses, () => fewer, terms(referencePolicy))).toEqual({
    stopped: 0,
    freed: 3,
    kept: 1,
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
  expect(reach).toEqual({ stopped: 1, freed: 0, kept: 0 });
});

test('a period is stopped or freed by its dollars too, against the visible budget', () => {
  const ofBudget = (perMonth: number) =>
    terms(policyWith((free) => ({ ...free, budget: { per_month: perMonth, buffer: '20%' } })));
  const use = {
    version: policyVersion('old'),
    plan: 'free',
    sessionsUsed: 1,
    spent: microUsdFromDollars(1.6),
    accounts: 2,
  };
  const from = ofBudget(2.1);
  expect(reachOf([use], () => from, ofBudget(2))).toEqual({ stopped: 2, freed: 0, kept: 0 });
  expect(reachOf([use], () => from, ofBudget(2.01))).toEqual({ stopped: 0, freed: 0, kept: 0 });
  expect(reachOf([use], () => ofBudget(2), ofBudget(2.01))).toEqual({ stopped: 0, freed: 2, kept: 0 });
});

test('accounts of a plan that the policy does not have are counted on its default', () => {
  const asking = [
    { plan: null, accounts: 5 },
    { plan: 'free', accounts: 2 },
    { plan: 'gone', accounts: 3 },
    { plan: 'constructor', accounts: 1 },
  ];
  expect(accountsOnPlans(asking, terms(referencePolicy))).toEqual(new Map([['free', 11]]));
  const both = { defaultPlan: 'free', plans: { free: 1, gone: 1 } };
  expect(accountsOnPlans(asking, both)).toEqual(
    new Map([
      ['free', 8],
      ['gone', 3],
    ]),
  );
});

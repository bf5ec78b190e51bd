import { expect, test } from 'vitest';
import { policyDiff } from '../../../domain/policy/diff.ts';
import { type ParsedPolicy, type PolicyDocument, policyDocument } from '../../../domain/policy/document.ts';
import { knobInWords } from '../../../domain/policy/knob-in-words.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { policyWith } from '../an-account.ts';

const reference = policyDocument.parse(referencePolicy);
const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];

const inWords = (to: PolicyDocument, from: ParsedPolicy = reference): string[] =>
  policyDiff(from, policyDocument.parse(to)).changes.map(
    (change) =>
      `${change.path.join('.')}: ${knobInWords(change.from, change.path)} → ${knobInWords(change.to, change.path)}`,
  );

test('a policy differs from itself in nothing', () => {
  expect(policyDiff(reference, reference)).toEqual({ changes: [], dropped: [], added: [] });
});

test('a diff names each knob that differs, with both values and their units, in the order of the document', () => {
  const to: PolicyDocument = {
    ...policyWith((plan) => ({
      ...plan,
      sessions: { per_day: null, per_month: 2_000, concurrent: 1, idle_timeout: 'PT1H' },
      budget: { per_month: 2.5, buffer: '12.5%', per_session: 0.000_125, per_session_tokens: 200_000 },
      models: { standard: ['a', 'b'], economy: ['gpt-5-mini'] },
    })),
    risk: { watch: 31 },
    channels: { inbox: false },
  };
  expect(inWords(to)).toEqual([
    'plans.free.sessions.per_day: 3 sessions → none',
    'plans.free.sessions.per_month: 10 sessions → 2,000 sessions',
    'plans.free.sessions.concurrent: 2 sessions → 1 session',
    'plans.free.sessions.idle_timeout: PT30M → PT1H',
    'plans.free.budget.per_month: $2 → $2.5',
    'plans.free.budget.buffer: 20% → 12.5%',
    'plans.free.budget.per_session: $0.2 → $0.000125',
    'plans.free.budget.per_session_tokens: none → 200,000 tokens',
    'plans.free.models.standard: ["claude-sonnet-4-5"] → ["a","b"]',
    'risk.watch: 30 points → 31 points',
    'channels.inbox: true → false',
  ]);
});

test('a section that comes or goes is one change', () => {
  const to: PolicyDocument = {
    ...policyWith((plan) => ({ ...plan, degrade: null })),
    prices: { models: { 'my.model': { input_per_million: 0.25, output_per_million: 2 } } },
    growth: { offer: { sessions: 1 } },
  };
  expect(inWords(to)).toEqual([
    'plans.free.degrade: { at 85%, tier economy, per_session none } → none',
    'prices.models.my.model: not there → { input_per_million $0.25 per million tokens, output_per_million $2 per million tokens }',
    'growth.offer: none → { sessions 1 session, lasts P14D }',
  ]);
});

test('plans that come and go are named, and their knobs are no changes', () => {
  const from = policyDocument.parse({ ...referencePolicy, plans: { free, trial: free } });
  const to = policyDocument.parse({ ...referencePolicy, plans: { free, school: free } });
  expect(policyDiff(from, to)).toEqual({ changes: [], dropped: ['trial'], added: ['school'] });
});

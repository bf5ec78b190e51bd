import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { policyDocument } from '../../../domain/policy/document.ts';
import { policySchema } from '../../../domain/policy/knob-at.ts';
import { readPolicyFile } from '../../../domain/policy/policy-file.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { termsOfPolicy } from '../../../domain/policy/terms.ts';
import { errorsOf, example, withLine } from './policy-example.ts';

test('the example file is the reference policy', () => {
  expect(readPolicyFile(example).policy).toEqual(policyDocument.parse(referencePolicy));
});

test('docs/policy.schema.json is what `stipend policy schema` prints', () => {
  const committed = readFileSync(new URL('../../../docs/policy.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(committed), 'run: npm run -s stipend -- policy schema > docs/policy.schema.json').toEqual(
    policySchema(),
  );
});

test('a plan of an upgrade text alone has every default of the reference', () => {
  const upgrade = referencePolicy.plans['free']?.upgrade;
  const smallest = policyDocument.parse({ version: 1, plans: { free: { upgrade } } });
  expect(smallest).toEqual(policyDocument.parse(referencePolicy));
});

test('the notice of a near reset and the share of the holdout are read', () => {
  const text = withLine(/announce_reset: null/, 'announce_reset: PT24H').replace(
    /holdout: 0%/,
    'holdout: 12.5%',
  );
  const policy = readPolicyFile(text).policy;
  if (policy === null) throw new Error(errorsOf(text).join());
  expect(termsOfPolicy(policy).plans['free']).toMatchObject({ announceReset: 86_400_000, holdout: 12.5 });
});

test('several plans live in one policy', () => {
  const plan = policyDocument.parse(referencePolicy).plans['free'];
  const { plans } = termsOfPolicy(
    policyDocument.parse({
      ...referencePolicy,
      plans: { free: plan, school: { ...plan, sessions: { per_month: 40 } } },
    }),
  );
  expect(plans['free']?.sessionsPerPeriod).toBe(10);
  expect(plans['school']?.sessionsPerPeriod).toBe(40);
});

test.each([
  ['nothing', '', 'the file is empty; start from examples/policy.yaml'],
  ['a word', 'hello', 'the policy (line 1, column 1): "hello" is not a section'],
  ['a list', '- version: 1', 'the policy (line 1, column 1): [{"version":1}] is not a section'],
  ['what is no YAML', 'plans: [1', 'line 1, column 10: this is not YAML as a policy needs it: '],
  ['a tab', 'plans:\n\tfree: 1\nversion: 1', 'line 2, column 1: this is not YAML as a policy needs it: Tabs'],
  [
    'a tag',
    'version: !env V',
    'line 1, column 10: this is not YAML as a policy needs it: Unresolved tag: !env',
  ],
  ['two documents', 'version: 1\n---\nversion: 1', 'line 2, column 1: a second document starts'],
  ['no plan', 'version: 1\nplans: {}', 'plans (line 2, column 8): {} is empty; write a plan, such as free'],
  [
    'a key twice',
    'version: 1\nversion: 1',
    'line 2, column 1: this is not YAML as a policy needs it: Map keys must be unique',
  ],
  ['a key of every object', '__proto__: 1\nversion: 1', '__proto__ (line 1, column 1): is not a knob'],
])('%s is no policy file, and the answer says so', (_what, text, error) => {
  expect(errorsOf(text).join('\n')).toContain(error);
});

test('a file that unfolds without end is refused', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${['b', 'c', 'd', 'e']
    .map(
      (name) =>
        `${name}: &${name} [${Array(9)
          .fill(`*${String.fromCodePoint(name.codePointAt(0)! - 1)}`)
          .join(', ')}]`,
    )
    .join('\n')}`;
  expect(errorsOf(bomb)).toEqual(['the file has too many aliases; write the values out']);
});

test('plans may share what they have in common', () => {
  const text = example.replace(
    /^prices:/m,
    `  school:\n    <<: *free\n    sessions: { per_month: 40 }\n\nprices:`,
  );
  const { policy, errors } = readPolicyFile(text.replace(/^ {2}free:/m, '  free: &free'));
  expect(errors).toEqual([]);
  const { free, school } = termsOfPolicy(policyDocument.parse(policy)).plans;
  expect(school).toEqual({ ...free, plan: 'school', sessionsPerPeriod: 40 });
});

test('a YAML fault is told once, not with its echoes', () => {
  expect(errorsOf(withLine(/ {4}sessions:\n {6}/, '    sessions:\n\t'))).toHaveLength(1);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { policyDocument } from '../../domain/policy/document.ts';
import { policySchema } from '../../domain/policy/knob-at.ts';
import { readPolicyFile } from '../../domain/policy/policy-file.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { termsOfPolicy } from '../../domain/policy/terms.ts';

const example = readFileSync(new URL('../../examples/policy.yaml', import.meta.url), 'utf8');

const errorsOf = (text: string): readonly string[] => readPolicyFile(text).errors;

/** The example with one line of it replaced. */
function withLine(line: RegExp, replacement: string): string {
  expect(example).toMatch(line);
  return example.replace(line, replacement);
}

/** "line 7, column 18": where « stands in a text that is read without it. */
function placeOf(text: string): string {
  const [before = ''] = text.split('«');
  const lines = before.split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

test('the example file is the reference policy', () => {
  expect(readPolicyFile(example).policy).toEqual(policyDocument.parse(referencePolicy));
});

test('docs/policy.schema.json is what `stipend policy schema` prints', () => {
  const committed = readFileSync(new URL('../../docs/policy.schema.json', import.meta.url), 'utf8');
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
  [
    'a word for a number',
    /per_day: 3.*/,
    'per_day: «three',
    'plans.free.sessions.per_day (HERE): "three" is not a whole number from 1 to 1,000,000; write a number such as 3',
  ],
  [
    'a count below one',
    /per_month: 10.*/,
    'per_month: «0',
    'plans.free.sessions.per_month (HERE): 0 is not a whole number from 1 to 1,000,000; write a number such as 3',
  ],
  [
    'a misspelt knob',
    /per_day: 3.*/,
    '«per_dya: 3',
    'plans.free.sessions.per_dya (HERE): is not a knob of plans.free.sessions; did you mean per_day?',
  ],
  [
    'a knob that resembles nothing',
    /inbox: true/,
    '«pigeon_post: true',
    'channels.pigeon_post (HERE): is not a knob of channels; write one of email, webhook, inbox',
  ],
  [
    'a share above the whole',
    /buffer: 20%/,
    'buffer: «300%',
    'plans.free.budget.buffer (HERE): "300%" is not a percentage from 0% to 100%; write one such as 85%',
  ],
  [
    'an amount in words',
    /per_month: 2.00/,
    'per_month: «$2',
    'plans.free.budget.per_month (HERE): "$2" is not an amount in dollars from 0 to 1,000,000; write a number such as 2.00',
  ],
  [
    'a session dearer than its month',
    /per_session: 0.20.*/,
    'per_session: «5',
    'plans.free.budget.per_session (HERE): 5 is more than the whole month may cost; lower it, or raise budget.per_month',
  ],
  [
    'a span of time in words',
    /idle_timeout: PT30M.*/,
    'idle_timeout: «30 minutes',
    'plans.free.sessions.idle_timeout (HERE): "30 minutes" is not a span of time longer than zero; write one such as PT30M, PT2H or P14D',
  ],
  [
    'a period of no calendar',
    /every: P1M.*\n.*/,
    'every: «P3M\n      anchor: calendar',
    'plans.free.period.every (HERE): "P3M" is no period of the calendar; write P1M, P1W or P1D',
  ],
  [
    'a notice of a reset in words',
    /announce_reset: null.*/,
    'announce_reset: «1 day',
    'plans.free.period.announce_reset (HERE): "1 day" is not a span of time longer than zero; write one such as PT30M, PT2H or P14D',
  ],
  [
    'a notice of a reset before the period has begun',
    /announce_reset: null.*/,
    'announce_reset: «P28D',
    'plans.free.period.announce_reset (HERE): "P28D" is no shorter than a period; write a shorter one, or null',
  ],
  [
    'steps that do not rise',
    /nudge: 85%/,
    'nudge: «60%',
    'plans.free.friction.nudge (HERE): "60%" is not above indicator; the steps rise: indicator < nudge < confirm < 100%',
  ],
  [
    'another cut-off',
    /cutoff: 100%/,
    'cutoff: «90%',
    'plans.free.friction.cutoff (HERE): "90%" is where the allowance ends; write 100%',
  ],
  [
    'an unknown tier',
    /tier: economy/,
    'tier: «bargain',
    'plans.free.degrade.tier (HERE): "bargain" is not one of standard, economy; write for example standard',
  ],
  [
    'a tier without models',
    /economy: \[gpt-5-mini\]/,
    'economy: «[]',
    'plans.free.models.economy (HERE): [] is empty; name at least one model',
  ],
  [
    'an upgrade page without a scheme',
    /url: .*/,
    'url: «example.com',
    'plans.free.upgrade.url (HERE): "example.com" is not a web address; write one such as https://example.com/upgrade',
  ],
  [
    'a missing knob',
    /upgrade:(\n.*)\n.*/,
    '«upgrade:$1',
    'plans.free.upgrade.price_text (HERE): is missing; write one such as "$12.50 a month"',
  ],
  [
    'a default plan that is not there',
    /default_plan: free/,
    'default_plan: «pro',
    'default_plan (HERE): "pro" is not one of plans; name one of them',
  ],
  [
    'a plan with a capital letter',
    /^ {2}free:/m,
    '  «Free:',
    'plans.Free (HERE): is no name of a plan; write 1 to 40 lower case letters, digits, - or _, a letter first',
  ],
  [
    'bands that do not rise',
    /restrict: 50/,
    'restrict: «90',
    'risk.restrict (HERE): 90 is not between watch and hold; the bands rise: watch < restrict < hold',
  ],
  [
    'a section that is a word',
    /(webhook:)\n.*/,
    '$1 «yes please',
    'channels.webhook (HERE): "yes please" is not a section; write its knobs indented below it, or leave the line out for the defaults',
  ],
  ['another format', /^version: 1/m, 'version: «2', 'version (HERE): 2 is not known; write 1'],
])('%s is told with path, place, value and fix', (_mistake, line, replacement, error) => {
  const text = withLine(line, replacement);
  expect(errorsOf(text.replace('«', ''))).toEqual([error.replace('HERE', placeOf(text))]);
});

test('every mistake is told at once, in the order of the file', () => {
  const text = withLine(/per_day: 3.*/, 'per_day: -1').replace(/half_life: .*/, 'half_life: long');
  expect(errorsOf(text).map((error) => error.split(' ')[0])).toEqual([
    'plans.free.sessions.per_day',
    'risk.half_life',
  ]);
});

test.each([
  ['nothing', '', 'the file is empty; start from examples/policy.yaml'],
  ['a word', 'hello', 'the policy (line 1, column 1): "hello" is not a section'],
  ['a list', '- version: 1', 'the policy (line 1, column 1): [{"version":1}] is not a section'],
  ['what is no YAML', 'plans: [1', 'line 1, column 10: this is not YAML: '],
  ['a key twice', 'version: 1\nversion: 1', 'line 2, column 1: this is not YAML: Map keys must be unique'],
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

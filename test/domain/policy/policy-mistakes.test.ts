import { expect, test } from 'vitest';
import { errorsOf, placeOf, withLine } from './policy-example.ts';

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
    'a knob in another section',
    /default_plan: free/,
    'default_plan: free\n«idle_timeout: PT1H',
    'idle_timeout (HERE): is not a knob of the policy; it belongs under plans.<name>.sessions',
  ],
  [
    'a section that is switched off with a word',
    /probation:\n.*\n.*/,
    'probation: «none',
    'plans.free.probation (HERE): "none" is not a section; write its knobs indented below it, or null for none, or leave the line out for the defaults',
  ],
  [
    'no number at all',
    /per_session: 0.20.*/,
    'per_session: «.nan',
    'plans.free.budget.per_session (HERE): NaN is not an amount in dollars from 0 to 1,000,000; write a number such as 2.00',
  ],
  [
    'a share without its sign',
    /nudge: 85%/,
    'nudge: «0.85',
    'plans.free.friction.nudge (HERE): 0.85% is not above indicator; the steps rise: indicator < nudge < confirm < 100%',
  ],
  [
    'a model priced twice',
    /models: \{\}.*/,
    'models: { M: { input_per_million: 1, output_per_million: 2 }, m: «{ input_per_million: 3, output_per_million: 2 } }',
    'prices.models.m (HERE): {"input_per_million":3,"output_per_million":2} is priced twice: M is the same model, since case does not matter; keep one',
  ],
  [
    'a language that messages have no words in',
    /translations:\n {8}de:/,
    'translations:\n        «fr:',
    'plans.free.upgrade.translations.fr (HERE): is not a knob of plans.free.upgrade.translations; write one of en, de, es',
  ],
  [
    'a benefit outside of upgrade',
    /default_plan: free/,
    'default_plan: free\n«benefits: [More]',
    'benefits (HERE): is not a knob of the policy; it belongs under plans.<name>.upgrade',
  ],
  [
    'a price in words',
    /models: \{\}.*/,
    'models: { m: { input_per_million: «cheap, output_per_million: 2 } }',
    'prices.models.m.input_per_million (HERE): "cheap" is not a price in dollars from 0 to 10,000, with at most six decimals; write a number such as 0.25',
  ],
  [
    'a free fallback',
    /fallback: null.*/,
    'fallback: «{ input_per_million: 0, output_per_million: 1 }',
    'prices.fallback (HERE): {"input_per_million":0,"output_per_million":1} would make models that nobody knows free; state input and output prices above zero',
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
    'default_plan (HERE): "pro" is not one of plans; write free',
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

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type PolicyDocument, policyDocument } from '../../../domain/policy/document.ts';
import { knobsNotActedOn, notActedOn } from '../../../domain/policy/not-acted-on.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { termsOfPolicy } from '../../../domain/policy/terms.ts';

const price = {
  input_per_million: 1,
  cached_input_per_million: 1,
  cache_write_per_million: 1,
  output_per_million: 1,
};

const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
const words = { price_text: 'p', benefits: ['b'] };
const upgrade = { ...free.upgrade, translations: { en: words, de: words, es: words } };

/** Every section is there, so that every knob can be read. */
const whole = policyDocument.parse({
  ...referencePolicy,
  plans: { free: { ...free, upgrade } },
  prices: { models: { m: price }, fallback: price },
  growth: { offer: {} },
});

const isSection = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const under = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

const knobsOf = (value: unknown, path: string): string[] =>
  isSection(value)
    ? Object.entries(value).flatMap(([name, inner]) => knobsOf(inner, under(path, name)))
    : [path];

/** The same value, which notes each knob that is read of it. */
function watched<Value>(value: Value, path: string, seen: Set<string>): Value {
  if (!isSection(value)) return value;
  return new Proxy(value, {
    get: (target, name, receiver) => {
      const inner: unknown = Reflect.get(target, name, receiver);
      if (typeof name === 'symbol' || !Object.hasOwn(target, name)) return inner;
      if (!isSection(inner)) seen.add(under(path, name));
      return watched(inner, under(path, name), seen);
    },
  });
}

function knobsThatReachTerms(): ReadonlySet<string> {
  const seen = new Set<string>();
  // Some sections are handed on whole: writing the terms out reads what is in them.
  JSON.stringify(termsOfPolicy(watched(whole, '', seen)));
  return seen;
}

const folders = ['domain', 'ledger', 'workflows', 'activities', 'api', 'worker', 'delivery'];

/** All code that could act on a term, without comments and without what makes the terms. */
const source = folders
  .flatMap((folder) =>
    readdirSync(new URL(`../../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !(folder === 'domain' && path.startsWith('policy')))
      .map((path) => readFileSync(new URL(`../../../${join(folder, path)}`, import.meta.url), 'utf8')),
  )
  .join('\n')
  .replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');

/** As `terms.holdout` or in `const { holdout } =`. */
const isRead = (term: string): boolean =>
  new RegExp(String.raw`\.${term}\b(?!\()|\{[^{}]*\b${term}\b[^{}]*\} =`).test(source);

const isListed = (path: string): boolean =>
  knobsNotActedOn.some((knob) => {
    const own = knob.replace('<name>', 'free');
    return path === own || path.startsWith(`${own}.`);
  });

test('the search finds code: a term that is acted on is read somewhere', () => {
  expect(isRead('idleTimeout')).toBe(true);
  expect(isRead('visibleBudget')).toBe(true);
  expect(isRead('sessionTokens')).toBe(true);
  expect(isRead('notATerm')).toBe(false);
});

test('a knob that never becomes a term is listed as not acted on', () => {
  const reached = knobsThatReachTerms();
  const lost = knobsOf(whole, '').filter((path) => path !== 'version' && !reached.has(path));
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.filter((path) => !isListed(path))).toEqual([]);
});

test.each(knobsNotActedOn)('%s has no reader; where it has one now, take its line out', (knob) => {
  const own = knob.replace('<name>', 'free');
  const reached = [...knobsThatReachTerms()].filter((path) => path === own || path.startsWith(`${own}.`));
  expect(reached).toEqual([]);
  expect(knobsOf(whole, '').some(isListed)).toBe(true);
});

test('every term is read by something', () => {
  const terms = Object.keys(termsOfPolicy(whole).plans['free'] ?? {});
  expect(terms.length).toBeGreaterThan(10);
  expect(terms.filter((term) => !isRead(term))).toEqual([]);
});

test('a policy of defaults is warned of nothing, and a listed knob that is set is named once', () => {
  expect(notActedOn(policyDocument.parse(referencePolicy))).toEqual([]);
  const set = policyDocument.parse({
    ...referencePolicy,
    plans: { free: { ...free, sessions: { per_month: 20 } } },
    risk: { half_life: 'P7D' },
    channels: { inbox: false },
  });
  expect(notActedOn(set).map(({ path, text }) => `${path} ${text}`)).toEqual([
    'risk.half_life is checked and kept, and not acted on by this version',
    'channels.inbox is checked and kept, and not acted on by this version',
  ]);
});

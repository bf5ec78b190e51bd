import { policyDiff } from './diff.ts';
import { type ParsedPolicy, policyDocument } from './document.ts';
import type { Finding } from './finding.ts';

/**
 * Knobs that are checked and kept, and that this version does not act on; `<name>` stands for every plan. Whoever makes
 * the product act on one takes its line out: a test finds lines that are no longer true, and knobs that lack one.
 */
export const knobsNotActedOn = [
  'risk.watch',
  'risk.restrict',
  'risk.hold',
  'risk.half_life',
  'growth.streak',
  'growth.duration_ratio',
  'growth.upgrade_views',
  'growth.offer',
  'channels.webhook',
  'channels.inbox',
] as const;

/** The same policy with every knob that it may leave out left out. */
function withDefaults(policy: ParsedPolicy): ParsedPolicy {
  const plans = Object.entries(policy.plans).map(([name, { upgrade }]) => [name, { upgrade }] as const);
  return policyDocument.parse({
    version: 1,
    default_plan: policy.default_plan,
    plans: Object.fromEntries(plans),
  });
}

const isWithin = (path: string, knob: string): boolean => path === knob || path.startsWith(`${knob}.`);

/** Knobs that the author set, and that will not do what they say. */
export function notActedOn(policy: ParsedPolicy): readonly Finding[] {
  const set = policyDiff(withDefaults(policy), policy).changes.map(({ path }) => path.join('.'));
  const plans = Object.keys(policy.plans);
  return knobsNotActedOn
    .flatMap((knob) => (knob.includes('<name>') ? plans.map((plan) => knob.replace('<name>', plan)) : [knob]))
    .filter((knob) => set.some((path) => isWithin(path, knob)))
    .map((path) => ({
      kind: 'warning',
      path,
      text: 'is checked and kept, and not acted on by this version',
    }));
}

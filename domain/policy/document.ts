import { z } from 'zod';
import { channelsDocument, growthDocument } from './growth-document.ts';
import { about, namedSections, section } from './knobs.ts';
import { planDocument } from './plan-document.ts';
import { pricesDocument } from './prices-document.ts';
import { reviewDocument, riskDocument } from './risk-document.ts';

/** The policy file's schema: what an app may say about its free tier, checked field by field. */

const planName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,39}$/,
    'is no name of a plan; write 1 to 40 lower case letters, digits, - or _, a letter first',
  );

export const policyDocument = section({
  version: z
    .literal(1, {
      error: ({ input }) => (input === undefined ? 'is missing; write version: 1' : 'is not known; write 1'),
    })
    .meta(about('Version of this format', 1)),
  default_plan: z
    .string({ error: () => 'is not the name of a plan; write one of plans, such as free' })
    .default('free')
    .meta(about('The plan of users who were given none', 'free')),
  plans: namedSections(planName, planDocument)
    .refine((plans) => Object.keys(plans).length > 0, 'is empty; write a plan, such as free')
    .meta(about('The plans of the app, by name', null)),
  prices: pricesDocument.prefault({}),
  risk: riskDocument.prefault({}),
  review: reviewDocument.prefault({}),
  growth: growthDocument.prefault({}),
  channels: channelsDocument.prefault({}),
}).superRefine(({ plans, default_plan: name }, context) => {
  const names = Object.keys(plans);
  if (names.length === 0 || names.includes(name)) return;
  const message = `is not one of plans; write ${names.length === 1 ? '' : 'one of '}${names.join(', ')}`;
  context.addIssue({ code: 'custom', path: ['default_plan'], message });
});

export type { ParsedPlan, Tier } from './plan-document.ts';

/** What an author writes: defaults may be left out. */
export type PolicyDocument = z.input<typeof policyDocument>;
export type ParsedPolicy = z.output<typeof policyDocument>;

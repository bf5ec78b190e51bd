import { z } from 'zod';
import { Temporal } from 'temporal-polyfill';
import { pricesDocument } from './prices.ts';

/** The policy file's schema: what an app may say about its free tier, checked field by field. */

const durationMs = (text: string): number => Temporal.Duration.from(text).total('milliseconds');

const timeSpan = z
  .string()
  .regex(/^PT(\d+H)?(\d+M)?(\d+S)?$/, 'write a span of time such as PT30M or PT2H')
  .refine((text) => text !== 'PT' && durationMs(text) > 0, 'must be longer than zero');

const periodLength = z
  .string()
  .regex(/^P([1-9]\d?[MWD]|T[1-9]\d{0,6}S)$/, 'write P1M, P1W, P1D or, for trials, seconds such as PT600S');

const percent = z
  .union([z.string().regex(/^\d{1,3}(\.\d)?%$/, 'write a percentage such as 85%'), z.number()])
  .transform((value) => (typeof value === 'number' ? value : Number(value.slice(0, -1))))
  .pipe(z.number().min(0).max(100));

const dollars = z.number().min(0).max(1_000_000);
const count = z.int().min(1).max(1_000_000);

const tierNames = ['standard', 'economy'] as const;

const friction = z
  .strictObject({
    indicator: percent.default(70),
    nudge: percent.default(85),
    confirm: percent.default(95),
    cutoff: z
      .union([z.literal('100%'), z.literal(100)])
      .transform(() => 100 as const)
      .default(100),
  })
  .refine(
    (ladder) =>
      0 < ladder.indicator &&
      ladder.indicator < ladder.nudge &&
      ladder.nudge < ladder.confirm &&
      ladder.confirm < 100,
    {
      message: 'the steps must rise: indicator < nudge < confirm < 100%',
    },
  );

const planDocument = z
  .strictObject({
    sessions: z.strictObject({
      per_day: count.nullable().default(3),
      per_month: count.default(10),
      concurrent: count.default(2),
      idle_timeout: timeSpan.default('PT30M'),
    }),
    budget: z.strictObject({
      per_month: dollars.default(2),
      buffer: percent.default(20),
      per_session: dollars.default(0.2),
      per_day: dollars.nullable().default(null),
      per_session_tokens: z.int().min(1).max(100_000_000).nullable().default(null),
    }),
    period: z
      .strictObject({
        every: periodLength.default('P1M'),
        anchor: z.enum(['registration', 'calendar']).default('registration'),
      })
      .default({ every: 'P1M', anchor: 'registration' })
      .refine((period) => !(period.anchor === 'calendar' && period.every.startsWith('PT')), {
        message: 'a period in seconds can only be anchored at registration',
        path: ['anchor'],
      })
      .refine((period) => !(period.anchor === 'calendar' && !/^P1[MWD]$/.test(period.every)), {
        message: 'a calendar period is P1M, P1W or P1D',
        path: ['every'],
      }),
    friction: friction.prefault({}),
    degrade: z
      .strictObject({
        at: percent.default(85),
        tier: z.enum(tierNames).default('economy'),
        per_session: dollars.nullable().default(null),
      })
      .nullable()
      .prefault({}),
    models: z
      .strictObject({
        standard: z.array(z.string().min(1)).min(1),
        economy: z.array(z.string().min(1)).min(1),
      })
      .default({ standard: ['claude-sonnet-4-5'], economy: ['gpt-5-mini'] }),
    other_models: z.enum(['refuse', 'downgrade']).default('refuse'),
    probation: z
      .strictObject({ for: timeSpan.default('PT2H'), sessions: count.default(2) })
      .nullable()
      .prefault({}),
    upgrade: z.strictObject({
      plan: z.string().min(1).max(60),
      price_text: z.string().min(1).max(60),
      url: z.url({ protocol: /^https?$/ }),
      benefits: z.array(z.string().min(1).max(200)).default([]),
    }),
  })
  .refine((plan) => plan.budget.per_session <= plan.budget.per_month, {
    message:
      'one session may not cost more than the whole month: raise budget.per_month or lower budget.per_session',
    path: ['budget', 'per_session'],
  });

export const policyDocument = z
  .strictObject({
    version: z.literal(1),
    default_plan: z.string().default('free'),
    plans: z.record(
      z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, 'plan names are lower case letters, digits, - and _'),
      planDocument,
    ),
    prices: pricesDocument.optional(),
    review: z.strictObject({ due: timeSpan.default('PT24H') }).prefault({}),
  })
  .refine((policy) => Object.hasOwn(policy.plans, policy.default_plan), {
    message: 'default_plan must name one of the plans',
    path: ['default_plan'],
  });

/** What an author writes: defaults may be left out. */
export type PolicyDocument = z.input<typeof policyDocument>;
export type ParsedPolicy = z.output<typeof policyDocument>;
export type ParsedPlan = z.output<typeof planDocument>;
export type Tier = (typeof tierNames)[number];

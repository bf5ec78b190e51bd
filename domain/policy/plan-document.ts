import { z } from 'zod';
import type { Language } from '../language.ts';
import {
  about,
  count,
  dollars,
  listOf,
  oneOf,
  percent,
  periodLength,
  section,
  sectionOrNone,
  timeSpan,
  tokens,
  webAddress,
  words,
} from './knobs.ts';
import { lengthOfSpan, shortestPeriod } from './period-length.ts';

/** One plan of the policy file: what its users see, what they may cost, and how it tells them. */

const sessions = section({
  per_day: count
    .nullable()
    .default(3)
    .meta(about('Sessions a user may start on one local day; null: no daily limit', 3, 'sessions')),
  per_month: count
    .default(10)
    .meta(about('Sessions a user may start in one period: the number that is advertised', 10, 'sessions')),
  concurrent: count.default(2).meta(about('Sessions that may run at the same time', 2, 'sessions')),
  idle_timeout: timeSpan
    .default('PT30M')
    .meta(about('A session without a call for this long ends by itself', 'PT30M', 'time')),
});

const budget = section({
  per_month: dollars
    .default(2)
    .meta(about('What one user may cost in a period, running sessions and all', 2, 'USD')),
  buffer: percent
    .prefault('20%')
    .meta(
      about(
        'Share of the budget that only running sessions may use: the rest is what the ladder measures',
        '20%',
        '%',
      ),
    ),
  per_session: dollars
    .default(0.2)
    .meta(about('What one session may cost at most; held in full when it starts', 0.2, 'USD')),
  per_day: dollars
    .nullable()
    .default(null)
    .meta(about('What one user may cost on one local day; null: no daily limit', 0.5, 'USD')),
  per_session_tokens: tokens
    .nullable()
    .default(null)
    .meta(about('Input and output tokens of one session; null: dollars alone bound it', 200_000, 'tokens')),
});

const period = section({
  every: periodLength
    .default('P1M')
    .meta(about('Length of a period: P1M, P1W, P1D, or seconds for trials', 'P1M', 'time')),
  anchor: oneOf(['registration', 'calendar'])
    .default('registration')
    .meta(
      about(
        "Where periods start: the user's registration, or the first of the month, week or day",
        'calendar',
      ),
    ),
  announce_reset: timeSpan
    .nullable()
    .default(null)
    .meta(about('How long before the reset a notice says that it is near; null: none does', 'PT24H', 'time')),
})
  .refine((rule) => !(rule.anchor === 'calendar' && rule.every.startsWith('PT')), {
    message: 'does not fit a period in seconds; write registration',
    path: ['anchor'],
  })
  .refine(
    (rule) => rule.anchor !== 'calendar' || rule.every.startsWith('PT') || /^P1[MWD]$/.test(rule.every),
    {
      message: 'is no period of the calendar; write P1M, P1W or P1D',
      path: ['every'],
    },
  )
  .refine(
    (rule) => rule.announce_reset === null || lengthOfSpan(rule.announce_reset) < shortestPeriod(rule.every),
    {
      message: 'is no shorter than a period; write a shorter one, or null',
      path: ['announce_reset'],
    },
  );

const whole = z
  .union([z.literal('100%'), z.literal(100)], 'is where the allowance ends; write 100%')
  .transform(() => 100 as const);

const friction = section({
  indicator: percent.prefault('70%').meta(about('From here the answer carries how much is used', '70%', '%')),
  nudge: percent.prefault('85%').meta(about('From here the user is nudged', '85%', '%')),
  confirm: percent
    .prefault('95%')
    .meta(about('From here a session is made only if the user confirms it', '95%', '%')),
  cutoff: whole.prefault('100%').meta(about('Where the allowance ends: always 100%', '100%', '%')),
})
  .refine((ladder) => 0 < ladder.indicator, {
    message: 'would show from the first moment; write one above 0%',
    path: ['indicator'],
  })
  .refine((ladder) => ladder.indicator < ladder.nudge, {
    message: 'is not above indicator; the steps rise: indicator < nudge < confirm < 100%',
    path: ['nudge'],
  })
  .refine((ladder) => ladder.nudge < ladder.confirm && ladder.confirm < 100, {
    message: 'is not between nudge and 100%; the steps rise: indicator < nudge < confirm < 100%',
    path: ['confirm'],
  });

const tierNames = ['standard', 'economy'] as const;

const degrade = sectionOrNone({
  at: percent.prefault('85%').meta(about('From here new sessions run on the cheaper tier', '85%', '%')),
  tier: oneOf(tierNames).default('economy').meta(about('The tier they run on', 'economy')),
  per_session: dollars
    .nullable()
    .default(null)
    .meta(about('What a session of the economy tier may cost; null: as budget.per_session', 0.05, 'USD')),
});

const modelList = listOf(words(100, 'gpt-5-mini'), 'gpt-5-mini').min(1, 'is empty; name at least one model');

const models = section({
  standard: modelList.meta(about('Models of the standard tier', ['claude-sonnet-4-5'])),
  economy: modelList.meta(about('Models of the economy tier', ['gpt-5-mini'])),
});

const probation = sectionOrNone({
  for: timeSpan
    .default('PT2H')
    .meta(about('An account is new for this long after registered_at', 'PT2H', 'time')),
  sessions: count.default(2).meta(about('Sessions it may start until then', 2, 'sessions')),
});

const priceText = words(60, '$12.50 a month');
const benefits = listOf(words(200, 'Unlimited sessions'), 'Unlimited sessions');

const translation = (language: string, price: string, benefit: string) =>
  section({
    price_text: priceText
      .optional()
      .meta(about(`The price as users who read ${language} see it; left out: as upgrade has it`, price)),
    benefits: benefits
      .optional()
      .meta(about(`What it gives, in ${language}; left out: as upgrade has it`, [benefit])),
  }).optional();

/** Left out, it is no part of a policy's content: versions of policies without it stay what they are. */
const translations = section({
  en: translation('English', '$12.50 a month', 'Unlimited sessions'),
  de: translation('German', '12,50 $ im Monat', 'Unbegrenzt viele Sitzungen'),
  es: translation('Spanish', '12,50 $ al mes', 'Sesiones ilimitadas'),
} satisfies Record<Language, z.ZodType>).optional();

const upgrade = section({
  plan: words(60, 'Pro').meta(about('Name of the paid plan', 'Pro')),
  price_text: priceText.meta(about('Its price, as the user reads it', '$12.50 a month')),
  url: webAddress.meta(about('Where a user gets it', 'https://example.com/upgrade')),
  benefits: benefits.default([]).meta(about('What it gives, in a few words each', ['Unlimited sessions'])),
  translations: translations.meta(
    about('Price and benefits in the languages of messages, where those above are in another', null),
  ),
});

export const planDocument = section({
  sessions: sessions.prefault({}),
  budget: budget.prefault({}),
  period: period.prefault({}),
  friction: friction.prefault({}),
  degrade: degrade.prefault({}).meta(about('The cheaper tier near the end; null: never', null)),
  models: models.default({ standard: ['claude-sonnet-4-5'], economy: ['gpt-5-mini'] }),
  other_models: oneOf(['refuse', 'downgrade'])
    .default('refuse')
    .meta(
      about(
        "A model that the session's tier does not include is refused, or replaced by the tier's first",
        'refuse',
      ),
    ),
  probation: probation.prefault({}).meta(about('Limits of very new accounts; null: none', null)),
  upgrade,
}).refine((plan) => plan.budget.per_session <= plan.budget.per_month, {
  message: 'is more than the whole month may cost; lower it, or raise budget.per_month',
  path: ['budget', 'per_session'],
});

export type ParsedPlan = z.output<typeof planDocument>;
export type Tier = (typeof tierNames)[number];

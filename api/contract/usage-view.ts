import { z } from 'zod';
import type { UserView } from '../../domain/user-view.ts';
import { toTime } from './fields.ts';

const limitName = z.enum([
  'day',
  'month',
  'usage',
  'concurrent',
  'session',
  'probation',
  'review',
  'suspended',
]);

/** What an end user may see: the same object in every answer. It carries no dollar. */
export const usageView = z
  .object({
    user: z.string(),
    plan: z.string(),
    stage: z.enum(['clear', 'indicator', 'nudge', 'confirm', 'cutoff', 'review', 'suspended']),
    tier: z.enum(['standard', 'economy']),
    percent: z.int().min(0).max(100),
    // Null limits: the user is on a paid plan.
    month: z.object({
      used: z.int(),
      limit: z.int().nullable(),
      remaining: z.int().nullable(),
      resets_at: z.iso.datetime(),
    }),
    today: z.object({
      used: z.int(),
      limit: z.int().nullable(),
      remaining: z.int().nullable(),
      resets_at: z.iso.datetime(),
    }),
    limited_by: limitName.nullable(),
    message: z.string(),
    language: z.string(),
    upgrade: z.object({
      plan: z.string(),
      price_text: z.string(),
      url: z.string(),
      benefits: z.array(z.string()),
    }),
  })
  .meta({ id: 'UsageView' });

export const limitedBy = limitName.nullable();

export const usageViewToApi = (view: UserView): z.output<typeof usageView> => ({
  user: view.user,
  plan: view.plan,
  stage: view.stage,
  tier: view.tier,
  percent: view.percent,
  month: {
    used: view.month.used,
    limit: view.month.limit,
    remaining: view.month.remaining,
    resets_at: toTime(view.month.resetsAt),
  },
  today: {
    used: view.today.used,
    limit: view.today.limit,
    remaining: view.today.remaining,
    resets_at: toTime(view.today.resetsAt),
  },
  limited_by: view.limitedBy,
  message: view.message,
  language: view.language,
  upgrade: {
    plan: view.upgrade.plan,
    price_text: view.upgrade.priceText,
    url: view.upgrade.url,
    benefits: [...view.upgrade.benefits],
  },
});

import { z } from 'zod';
import { readableName, text, time } from './fields.ts';
import { usageView } from './usage-view.ts';

const userEventKind = z.enum([
  'upgrade_page_viewed',
  'upgraded',
  'downgraded',
  'email_bounced',
  'email_complained',
]);

export const userEventRequest = z
  .strictObject({
    event: userEventKind,
    occurred_at: time.optional(),
    /** Upgraded: the paid plan. Downgraded: the free plan to go on with. */
    plan: readableName(40).optional(),
    note: text(2_000).default(''),
  })
  .meta({ id: 'UserEventRequest' });

export const userEventView = z
  .object({
    event: userEventKind,
    /** `unchanged`: nothing was written, for the reason beside it. */
    outcome: z.enum(['recorded', 'unchanged']),
    reason: z.enum(['already_upgraded', 'not_upgraded', 'superseded']).nullable(),
    lifecycle: z.enum(['active', 'upgraded']),
    usage: usageView,
  })
  .meta({ id: 'UserEvent' });

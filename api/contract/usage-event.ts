import { z } from 'zod';
import { printableId, text, time } from './fields.ts';
import { sessionView } from './session.ts';
import { limitedBy, usageView } from './usage-view.ts';

/** Ten million tokens or a thousand dollars in one call is a mistake, not a call. */
const tokens = z.int().min(0).max(10_000_000);
const costUsd = z.number().min(0).max(1_000);

/** What is below zero is an error of its own and compared with nothing. */
const counted = (part: number | undefined): number => Math.max(0, part ?? 0);

const isMissing = 'is missing: give model, input_tokens and output_tokens, or cost_usd';

export const usageRequest = z
  .strictObject({
    id: printableId,
    cost_usd: costUsd.optional(),
    model: text(200).min(1).optional(),
    input_tokens: tokens.optional(),
    cached_input_tokens: tokens.optional(),
    cache_write_tokens: tokens.optional(),
    output_tokens: tokens.optional(),
    reasoning_tokens: tokens.optional(),
    occurred_at: time.optional(),
    input_sketch: text(200).min(1).optional(),
    authorization: printableId.optional(),
  })
  .superRefine((event, context) => {
    if (event.cost_usd === undefined) {
      for (const field of ['model', 'input_tokens', 'output_tokens'] as const) {
        if (event[field] !== undefined) continue;
        context.addIssue({ code: 'custom', path: [field], message: isMissing });
      }
    }
    const cached = counted(event.cached_input_tokens);
    const all = counted(event.input_tokens);
    if (cached > all) {
      context.addIssue({
        code: 'custom',
        path: ['cached_input_tokens'],
        message: 'must not exceed input_tokens, which count cached tokens too',
      });
    } else if (cached + counted(event.cache_write_tokens) > all) {
      context.addIssue({
        code: 'custom',
        path: ['cache_write_tokens'],
        message: 'with cached_input_tokens must not exceed input_tokens, which count both',
      });
    }
    if (counted(event.reasoning_tokens) > counted(event.output_tokens)) {
      context.addIssue({
        code: 'custom',
        path: ['reasoning_tokens'],
        message: 'must not exceed output_tokens, which count reasoning tokens too',
      });
    }
  })
  .meta({ id: 'UsageEvent' });

export type UsageBody = z.output<typeof usageRequest>;

/** What became of the authorization that an event names; the event is counted in every case. */
export const authorizationOutcome = z.enum(['settled', 'used', 'expired', 'unknown']);

export const usageAnswer = z
  .object({
    continue: z.boolean(),
    limited_by: limitedBy,
    authorization: authorizationOutcome.optional(),
    session: sessionView,
    usage: usageView,
  })
  .meta({ id: 'UsageAnswer' });

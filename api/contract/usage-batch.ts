import { z } from 'zod';
import { problem } from './problem.ts';
import { printableId } from './fields.ts';
import { limitedBy } from './usage-view.ts';
import { authorizationOutcome, usageRequest } from './usage-event.ts';

/** One event of a batch: what the single route takes, and whose session it is. */
export const batchEvent = usageRequest.safeExtend({ session: printableId }).meta({ id: 'BatchUsageEvent' });

/** Events are checked one by one, so that a bad one spoils no other. */
export const usageBatch = z
  .strictObject({
    events: z
      .array(
        z.looseObject({}).meta({
          description: 'A UsageEvent with its `session`; one that does not fit is refused by itself.',
        }),
      )
      .min(1)
      .max(1_000),
  })
  .meta({ id: 'UsageBatch' });

const result = z
  .object({
    /** Null where the event has none that can be read. */
    id: z.string().nullable(),
    session: z.string().nullable(),
    /** `counted`: by this request or, under the same id, by one before it. */
    status: z.enum(['counted', 'refused']),
    continue: z.boolean().optional(),
    limited_by: limitedBy.optional(),
    authorization: authorizationOutcome.optional(),
    problem: problem.optional(),
  })
  .meta({ id: 'UsageBatchResult' });

export type BatchResult = z.output<typeof result>;

/** In the order of the events. */
export const usageBatchAnswer = z.object({ results: z.array(result) }).meta({ id: 'UsageBatchAnswer' });

import { z } from 'zod';
import type { Session } from '../../domain/account/state.ts';
import type { PlanTerms } from '../../domain/policy/terms.ts';
import { client, facts, printableId, toTime, toTimeOrNull } from './fields.ts';
import { usageView } from './usage-view.ts';

export const sessionRequest = z
  .strictObject({
    confirmed: z.boolean().optional(),
    client: client.optional(),
    metadata: facts.optional(),
  })
  .meta({ id: 'SessionRequest' });

export const sessionView = z
  .object({
    id: z.string(),
    tier: z.enum(['standard', 'economy']),
    models: z.array(z.string()),
    expires_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Session' });

/** `models`: those that the policy serves in the session's tier. */
export const sessionToApi = (session: Session, terms: PlanTerms): z.output<typeof sessionView> => ({
  id: session.id,
  tier: session.tier,
  models: [...terms.models[session.tier]],
  expires_at: toTime(session.expiresAt),
  ended_at: toTimeOrNull(session.endedAt),
});

export const admitted = z
  .object({ outcome: z.literal('admitted'), session: sessionView, usage: usageView })
  .meta({ id: 'Admitted' });

export const confirm = z.object({ outcome: z.literal('confirm'), usage: usageView }).meta({ id: 'Confirm' });

export const refused = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    limited_by: z.string(),
    violated_policies: z.array(z.string()),
    /** The same under the name that the RateLimit draft gives it. */
    'violated-policies': z.array(z.string()),
    resets_at: z.iso.datetime().nullable(),
    usage: usageView,
  })
  .meta({ id: 'Refused' });

export const ended = z.object({ session: sessionView, usage: usageView }).meta({ id: 'Ended' });

export const ofSession = z.object({ session: printableId });
export const ofUser = z.object({ user: printableId });

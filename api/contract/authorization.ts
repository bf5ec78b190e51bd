import { z } from 'zod';
import type { Authorization } from '../../domain/account/state.ts';
import { printableId, text, toTime } from './fields.ts';
import { sessionView } from './session.ts';
import { usageView } from './usage-view.ts';

/** As for a usage event: ten million tokens in one call is a mistake, not a call. */
const tokens = z.int().min(0).max(10_000_000);

export const authorizationRequest = z
  .strictObject({
    id: printableId,
    model: text(200).min(1),
    input_tokens: tokens,
    max_output_tokens: tokens,
  })
  .meta({ id: 'AuthorizationRequest' });

export const authorized = z
  .object({
    authorization: z.object({
      id: z.string(),
      /** The model to use: another than asked for where the policy downgrades. */
      model: z.string(),
      input_tokens: z.int(),
      /** The output tokens that are reserved: pass them on as the call's limit. */
      output_tokens: z.int(),
      expires_at: z.iso.datetime(),
      /** `used` and `expired` are told to repeats alone: nothing is reserved any more. */
      state: z.enum(['open', 'used', 'expired']),
    }),
    session: sessionView,
    usage: usageView,
  })
  .meta({ id: 'Authorized' });

export const authorizationToApi = (
  authorization: Authorization,
): z.output<typeof authorized>['authorization'] => ({
  id: authorization.id,
  model: authorization.model,
  input_tokens: authorization.inputTokens,
  output_tokens: authorization.outputTokens,
  expires_at: toTime(authorization.expiresAt),
  state: authorization.close ?? 'open',
});

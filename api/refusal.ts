import type { z } from 'zod';
import type { DecisionContext } from '../domain/account/context.ts';
import type { AccountState } from '../domain/account/state.ts';
import type { Refusal } from '../domain/allowance/admission.ts';
import { type LimitName, limitNames } from '../domain/allowance/limits.ts';
import { userView } from '../domain/usage-view.ts';
import { toTimeOrNull } from './contract/fields.ts';
import type { refused as refusedBody } from './contract/session.ts';
import { usageViewToApi } from './contract/usage-view.ts';
import { type LimitProblem, limitProblems } from './problems/catalogue.ts';
import { rateLimitHeaders, retryAfter } from './rate-limit.ts';
import type { Reply } from './reply.ts';

/** 429 where time heals it, 403 where a person must. */
const kinds: Readonly<Record<LimitName, { readonly status: 429 | 403; readonly problem: LimitProblem }>> = {
  day: { status: 429, problem: 'quota-exceeded' },
  month: { status: 429, problem: 'quota-exceeded' },
  usage: { status: 429, problem: 'quota-exceeded' },
  session: { status: 429, problem: 'quota-exceeded' },
  probation: { status: 429, problem: 'quota-exceeded' },
  concurrent: { status: 429, problem: 'temporary-reduced-capacity' },
  review: { status: 403, problem: 'abnormal-usage-detected' },
  suspended: { status: 403, problem: 'abnormal-usage-detected' },
};

/** The answer to a session that was refused: one reason, every limit that binds, and the user view. */
export function refusal(refused: Refusal, state: AccountState, context: DecisionContext): Reply {
  const { limitedBy, resetsAt, violated } = refused;
  const { status, problem } = kinds[limitedBy];
  const view = userView(state, context, { kind: 'refused', by: { limit: limitedBy, resetsAt } });
  const names = [...limitNames(violated)];
  const body: z.output<typeof refusedBody> = {
    ...limitProblems[problem],
    status,
    detail: view.message,
    limited_by: limitedBy,
    violated_policies: names,
    'violated-policies': names,
    resets_at: toTimeOrNull(resetsAt),
    usage: usageViewToApi(view),
  };
  const retry = resetsAt === null ? {} : { 'Retry-After': retryAfter(context.now, resetsAt) };
  return { status, body, isProblem: true, headers: { ...rateLimitHeaders(view, context.now), ...retry } };
}

import { z } from 'zod';
import type { LimitChanges, Modifier } from '../../domain/account/modifier.ts';
import type { Period } from '../../domain/account/state.ts';
import { remainingOf } from '../../domain/allowance/grant-draw.ts';
import { dollarsOf, microUsdFromDollars } from '../../domain/money.ts';
import { text, time, toTime, toTimeOrNull } from './fields.ts';

const most = { sessions: 100_000, dollars: 10_000, tokens: 100_000_000 };

const dollars = z.number().min(0).max(most.dollars);
const sessions = z.int().min(1).max(most.sessions);

/** What every grant and override says besides its amounts. */
const signed = {
  priority: z.int().min(0).max(1_000).default(100),
  from: time.optional(),
  until: time.nullable().default(null),
  reason: text(2_000).min(1),
  by: text(200).min(1).optional(),
};

export const grantRequest = z
  .strictObject({
    sessions: z.int().min(0).max(most.sessions).default(0),
    budget_usd: dollars.default(0),
    ...signed,
  })
  .refine(({ sessions: count, budget_usd: spend }) => count > 0 || spend > 0, {
    message: 'grants nothing: give sessions, budget_usd or both',
    path: ['sessions'],
  })
  .meta({ id: 'GrantRequest' });

/** Dollars and sessions as a plan has them; null lifts a limit that a plan may leave out. */
const limitChanges = z.strictObject({
  per_day: sessions.nullable().optional(),
  per_month: sessions.optional(),
  concurrent: sessions.optional(),
  budget_per_month_usd: dollars.optional(),
  budget_per_day_usd: dollars.nullable().optional(),
  budget_per_session_usd: dollars.optional(),
  per_session_tokens: z.int().min(1).max(most.tokens).nullable().optional(),
});

export const overrideRequest = z
  .strictObject({
    limits: limitChanges.refine((limits) => Object.values(limits).some((value) => value !== undefined), {
      message: 'sets nothing: name at least one limit',
    }),
    ...signed,
  })
  .meta({ id: 'OverrideRequest' });

type ApiChanges = z.output<typeof limitChanges>;

const given = <Key extends string, Value, To>(key: Key, value: Value | undefined, to: (value: Value) => To) =>
  (value === undefined ? {} : { [key]: to(value) }) as { readonly [K in Key]?: To };

const same = <Value>(value: Value): Value => value;
const orNull =
  <Value, To>(to: (value: Value) => To) =>
  (value: Value | null): To | null =>
    value === null ? null : to(value);

export const changesFromApi = (limits: ApiChanges): LimitChanges => ({
  ...given('sessionsPerDay', limits.per_day, same),
  ...given('sessionsPerPeriod', limits.per_month, same),
  ...given('concurrentSessions', limits.concurrent, same),
  ...given('hardBudget', limits.budget_per_month_usd, microUsdFromDollars),
  ...given('dailyBudget', limits.budget_per_day_usd, orNull(microUsdFromDollars)),
  ...given('sessionCap', limits.budget_per_session_usd, microUsdFromDollars),
  ...given('sessionTokens', limits.per_session_tokens, same),
});

export const changesToApi = (limits: LimitChanges): ApiChanges => ({
  ...given('per_day', limits.sessionsPerDay, same),
  ...given('per_month', limits.sessionsPerPeriod, same),
  ...given('concurrent', limits.concurrentSessions, same),
  ...given('budget_per_month_usd', limits.hardBudget, dollarsOf),
  ...given('budget_per_day_usd', limits.dailyBudget, orNull(dollarsOf)),
  ...given('budget_per_session_usd', limits.sessionCap, dollarsOf),
  ...given('per_session_tokens', limits.sessionTokens, same),
});

const base = {
  id: z.string(),
  priority: z.int(),
  from: z.iso.datetime(),
  until: z.iso.datetime().nullable(),
  by: z.string(),
  reason: z.string(),
};

export const modifierView = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('grant'),
      ...base,
      sessions: z.int(),
      budget_usd: z.number(),
      /** What earlier periods have left of it; the running one draws on this. */
      remaining: z.object({ sessions: z.int(), budget_usd: z.number() }),
    }),
    z.object({ kind: z.literal('override'), ...base, set: limitChanges }),
  ])
  .meta({ id: 'Modifier' });

export function modifierToApi(modifier: Modifier, period: Period): z.output<typeof modifierView> {
  const { id, priority, from, until, by, reason } = modifier;
  const shown = {
    id,
    priority,
    from: toTime(from),
    until: toTimeOrNull(until),
    by,
    reason,
  };
  if (modifier.kind === 'override') return { kind: 'override', ...shown, set: changesToApi(modifier.limits) };
  const left = remainingOf(modifier, period);
  return {
    kind: 'grant',
    ...shown,
    sessions: modifier.sessions,
    budget_usd: dollarsOf(modifier.spend),
    remaining: { sessions: left.sessions, budget_usd: dollarsOf(left.spend) },
  };
}

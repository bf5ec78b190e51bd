import { z } from 'zod';
import { today } from '../../domain/account/bring-up-to-date.ts';
import { currentPeriod } from '../../domain/account/change.ts';
import type { DecisionContext } from '../../domain/account/context.ts';
import { entitlementInForce } from '../../domain/account/entitlement.ts';
import type { AccountState } from '../../domain/account/state.ts';
import type { EffectiveLimit } from '../../domain/allowance/effective-limit.ts';
import { effectiveLimits } from '../../domain/allowance/effective-limits.ts';
import { type MicroUsd, dollarsOf } from '../../domain/money.ts';
import { toTime, toTimeOrNull } from './fields.ts';
import { modifierToApi, modifierView } from './modifier.ts';

const limitOf = <Value extends z.ZodType>(value: Value) =>
  z.object({
    value,
    source: z.enum(['plan', 'override', 'grant', 'standing', 'probation']),
    contributions: z.array(
      z.object({
        source: z.enum(['plan', 'override', 'grant', 'standing', 'probation']),
        value,
        id: z.string().nullable(),
        reason: z.string().nullable(),
        until: z.iso.datetime().nullable(),
      }),
    ),
  });

const countLimit = limitOf(z.int()).meta({ id: 'CountLimit' });
const optionalCountLimit = limitOf(z.int().nullable()).meta({ id: 'OptionalCountLimit' });
const dollarLimit = limitOf(z.number()).meta({ id: 'DollarLimit' });
const optionalDollarLimit = limitOf(z.number().nullable()).meta({ id: 'OptionalDollarLimit' });

/** Every limit with its source, for growth and support: dollars are shown here, never to the user. */
export const limitsView = z
  .object({
    user: z.string(),
    plan: z.string(),
    standing: z.enum(['good', 'restricted', 'under_review', 'suspended']),
    limits: z.object({
      per_day: optionalCountLimit,
      per_month: countLimit,
      concurrent: countLimit,
      budget_per_month_usd: dollarLimit,
      visible_budget_per_month_usd: dollarLimit,
      budget_per_day_usd: optionalDollarLimit,
      budget_per_session_usd: z.object({ standard: dollarLimit, economy: dollarLimit }),
      per_session_tokens: optionalCountLimit,
      tier: limitOf(z.enum(['standard', 'economy'])),
      // Not by its name: a reference that may be null is lost in the OpenAPI document.
      probation_sessions: limitOf(z.int()).nullable(),
    }),
    period: z.object({
      number: z.int(),
      starts_at: z.iso.datetime(),
      ends_at: z.iso.datetime(),
      sessions_used: z.int(),
      spent_usd: z.number(),
      held_usd: z.number(),
      overshoot_usd: z.number(),
    }),
    today: z.object({
      date: z.string(),
      ends_at: z.iso.datetime(),
      sessions: z.int(),
      spent_usd: z.number(),
    }),
    modifiers: z.array(modifierView),
  })
  .meta({ id: 'EffectiveLimits' });

function limitToApi<Value, Shown>(limit: EffectiveLimit<Value>, show: (value: Value) => Shown) {
  return {
    value: show(limit.value),
    source: limit.source,
    contributions: limit.contributions.map(({ source, value, modifierId, reason, until }) => ({
      source,
      value: show(value),
      id: modifierId,
      reason,
      until: toTimeOrNull(until),
    })),
  };
}

const asIs = <Value>(value: Value): Value => value;
const dollarsOrNull = (amount: MicroUsd | null) => (amount === null ? null : dollarsOf(amount));

/** @param state brought up to date */
export function limitsToApi(state: AccountState, context: DecisionContext): z.output<typeof limitsView> {
  const { account } = state;
  const entitlement = entitlementInForce(state);
  const period = currentPeriod(state);
  const day = today(state);
  const limits = effectiveLimits({ account, entitlement }, period, context);
  return {
    user: account.userId,
    plan: period.plan,
    standing: entitlement.standing,
    limits: {
      per_day: limitToApi(limits.sessionsPerDay, asIs),
      per_month: limitToApi(limits.sessionsPerPeriod, asIs),
      concurrent: limitToApi(limits.concurrentSessions, asIs),
      budget_per_month_usd: limitToApi(limits.hardBudget, dollarsOf),
      visible_budget_per_month_usd: limitToApi(limits.visibleBudget, dollarsOf),
      budget_per_day_usd: limitToApi(limits.dailyBudget, dollarsOrNull),
      budget_per_session_usd: {
        standard: limitToApi(limits.sessionCap.standard, dollarsOf),
        economy: limitToApi(limits.sessionCap.economy, dollarsOf),
      },
      per_session_tokens: limitToApi(limits.sessionTokens, asIs),
      tier: limitToApi(limits.tierCeiling, asIs),
      probation_sessions:
        limits.probationSessions === null ? null : limitToApi(limits.probationSessions, asIs),
    },
    period: {
      number: period.number,
      starts_at: toTime(period.startsAt),
      ends_at: toTime(period.endsAt),
      sessions_used: period.sessionsUsed,
      spent_usd: dollarsOf(period.spent),
      held_usd: dollarsOf(period.held),
      overshoot_usd: dollarsOf(period.overshoot),
    },
    today: {
      date: day.date,
      ends_at: toTime(day.endsAt),
      sessions: day.sessions,
      spent_usd: dollarsOf(day.spent),
    },
    modifiers: (entitlement.modifiers ?? []).map((modifier) => modifierToApi(modifier, period)),
  };
}

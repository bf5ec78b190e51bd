import type { Modifier, Override, LimitChanges } from '../account/modifier.ts';
import type { Instant } from '../instant.ts';

export type LimitSource = 'plan' | 'override' | 'grant' | 'standing' | 'probation';

/** One step on the way to a limit: plan, override and probation set it, a grant adds to it, a standing leaves this much of it. */
type Contribution<Value> = {
  readonly source: LimitSource;
  readonly value: Value;
  /** Of the grant or override; null for the others. */
  readonly modifierId: string | null;
  readonly reason: string | null;
  readonly until: Instant | null;
};

/** A limit as it holds now: its value, what had the last word, and every step that led there, in order. */
export type EffectiveLimit<Value> = {
  readonly value: Value;
  readonly source: LimitSource;
  readonly contributions: readonly Contribution<Value>[];
};

const bare = { modifierId: null, reason: null, until: null };

export const limitSetBy = <Value>(
  source: LimitSource,
  value: Value,
  until: Instant | null = null,
): EffectiveLimit<Value> => ({ value, source, contributions: [{ ...bare, source, value, until }] });

const signed = ({ id, reason, until }: Pick<Modifier, 'id' | 'reason' | 'until'>) => ({
  modifierId: id,
  reason,
  until,
});

/** Of several overrides the highest priority rules, then the newest; they stand in the order in which they were made. */
export function overridden<Value>(
  limit: EffectiveLimit<Value>,
  overrides: readonly Override[],
  change: (limits: LimitChanges) => Value | undefined,
): EffectiveLimit<Value> {
  let ruling: Override | undefined;
  for (const override of overrides) {
    if (change(override.limits) === undefined) continue;
    if (ruling === undefined || override.priority >= ruling.priority) ruling = override;
  }
  const value = ruling === undefined ? undefined : change(ruling.limits);
  if (ruling === undefined || value === undefined) return limit;
  return {
    value,
    source: 'override',
    contributions: [{ ...signed(ruling), source: 'override', value }],
  };
}

export function increased<Value extends number>(
  limit: EffectiveLimit<Value>,
  by: Pick<Modifier, 'id' | 'reason' | 'until'>,
  amount: Value,
  sum: (left: Value, right: Value) => Value,
): EffectiveLimit<Value> {
  if (amount === 0) return limit;
  return {
    value: sum(limit.value, amount),
    source: 'grant',
    contributions: [...limit.contributions, { ...signed(by), source: 'grant', value: amount }],
  };
}

/** What a restricted standing leaves of a limit. */
export function restrictedTo<Value>(limit: EffectiveLimit<Value>, value: Value): EffectiveLimit<Value> {
  return {
    value,
    source: 'standing',
    contributions: [...limit.contributions, { ...bare, source: 'standing', value }],
  };
}

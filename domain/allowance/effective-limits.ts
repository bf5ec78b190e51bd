import { type DecisionContext, termsOfPeriod } from '../account/context.ts';
import { type Entitlement, tierCeilingOf } from '../account/entitlement.ts';
import { type Grant, isInForce } from '../account/modifier.ts';
import type { Account, Period } from '../account/state.ts';
import { type Instant, after, instant } from '../instant.ts';
import { type MicroUsd, microUsd, plus } from '../money.ts';
import type { Tier } from '../policy/document.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { type EffectiveLimit, increased, limitSetBy, restrictedTo } from './effective-limit.ts';
import { drawnByEnded, remainingOf } from './grant-draw.ts';
import { type LimitsBeforeGrants, limitsBeforeGrants } from './limits-before-grants.ts';

/** Every limit of an account as it holds now, and where each comes from. */
export type EffectiveLimits = LimitsBeforeGrants & {
  readonly tierCeiling: EffectiveLimit<Tier>;
  /** Sessions of the period that count while the account is new; null when it is not. */
  readonly probationSessions: EffectiveLimit<number> | null;
};

/** What grants add to a period: the rest of those in force, and what ended ones had given to it by then. */
function withGrants(
  limits: LimitsBeforeGrants,
  period: Period,
  grants: readonly Grant[],
  at: Instant,
): LimitsBeforeGrants {
  const running = grants
    .filter((grant) => isInForce(grant, at) && period.drawnBefore[grant.id]?.here === undefined)
    .map((grant) => ({ grant, ...remainingOf(grant, period) }));
  const ended = drawnByEnded(period).map(([id, { sessions, spent }]) => ({
    grant: grants.find((grant) => grant.id === id) ?? { id, reason: 'ended in this period', until: null },
    sessions,
    spend: spent,
  }));
  return [...ended, ...running].reduce(
    (sum, { grant, sessions, spend }) => ({
      ...sum,
      sessionsPerPeriod: increased(sum.sessionsPerPeriod, grant, sessions, (left, right) => left + right),
      hardBudget: increased(sum.hardBudget, grant, spend, plus),
      visibleBudget: increased(sum.visibleBudget, grant, spend, plus),
    }),
    limits,
  );
}

const half = (cap: MicroUsd): MicroUsd => microUsd(Math.floor(cap / 2));

/** Half the sessions of a day, at least one, and half of what one may cost. */
function restricted(limits: LimitsBeforeGrants): LimitsBeforeGrants {
  const { sessionsPerDay, sessionCap } = limits;
  return {
    ...limits,
    sessionsPerDay:
      sessionsPerDay.value === null
        ? sessionsPerDay
        : restrictedTo(sessionsPerDay, Math.max(1, Math.ceil(sessionsPerDay.value / 2))),
    sessionCap: {
      standard: restrictedTo(sessionCap.standard, half(sessionCap.standard.value)),
      economy: restrictedTo(sessionCap.economy, half(sessionCap.economy.value)),
    },
  };
}

/** While an account is too new to be trusted fully; known only where the app said when it registered. */
export function probationOf(
  account: Pick<Account, 'registeredAt' | 'registrationGiven'>,
  plan: Pick<PlanTerms, 'probation'>,
  at: Instant,
): { readonly sessions: number; readonly endsAt: Instant } | null {
  if (plan.probation === null || !account.registrationGiven) return null;
  const endsAt = after(account.registeredAt, plan.probation.lasts);
  return at < endsAt ? { sessions: plan.probation.sessions, endsAt } : null;
}

/** An ended period is judged by what was in force at its last instant. */
const judgedAt = (period: Period, now: Instant): Instant =>
  now < period.endsAt ? now : instant(period.endsAt - 1);

export function effectiveLimits(
  { account, entitlement }: { readonly account: Account; readonly entitlement: Entitlement },
  period: Period,
  context: Pick<DecisionContext, 'now' | 'policyOf'>,
): EffectiveLimits {
  const plan = termsOfPeriod(period, context);
  const at = judgedAt(period, context.now);
  const modifiers = entitlement.modifiers ?? [];
  const grants = modifiers.filter((modifier) => modifier.kind === 'grant');
  const granted = withGrants(limitsBeforeGrants(plan, modifiers, at), period, grants, at);
  const isRestricted = entitlement.standing === 'restricted';
  const ceiling = tierCeilingOf(entitlement);
  const probation = probationOf(account, plan, at);
  return {
    ...(isRestricted ? restricted(granted) : granted),
    tierCeiling: limitSetBy(ceiling === 'standard' ? 'plan' : 'standing', ceiling),
    probationSessions:
      probation === null ? null : limitSetBy('probation', probation.sessions, probation.endsAt),
  };
}

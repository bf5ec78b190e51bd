import { currentPeriod, withPeriod } from '../account/change.ts';
import { type DecisionContext, termsOfPeriod } from '../account/context.ts';
import { entitlementInForce } from '../account/entitlement.ts';
import type { Grant, Modifier } from '../account/modifier.ts';
import type { AccountState, Drawn, DrawnAmount, Period } from '../account/state.ts';
import { type Instant, instant } from '../instant.ts';
import { type MicroUsd, beyond, lesser, noMoney, plus } from '../money.ts';
import { limitsBeforeGrants } from './limits-before-grants.ts';

/**
 * A grant is drawn once, over as many periods as it lasts: what a period uses beyond the limits of plan and overrides is
 * drawn from the grants in force, the lowest priority first, then the one that ends first. Dollars are drawn from the
 * visible budget on, running holds included, so that no grant ever gives more than its amount.
 */
const nothing: DrawnAmount = { sessions: 0, spent: noMoney };

const grantsOf = (modifiers: readonly Modifier[]): readonly Grant[] =>
  modifiers.filter((modifier) => modifier.kind === 'grant');

const isEmpty = ({ sessions, spent }: DrawnAmount): boolean => sessions === 0 && spent === 0;

const sum = (left: DrawnAmount, right: DrawnAmount): DrawnAmount => ({
  sessions: left.sessions + right.sessions,
  spent: plus(left.spent, right.spent),
});

const less = (left: DrawnAmount, right: DrawnAmount): DrawnAmount => ({
  sessions: Math.max(0, left.sessions - right.sessions),
  spent: beyond(left.spent, right.spent),
});

/** What a period may still draw of a grant, all that it has drawn of it included. */
export function remainingOf(grant: Grant, period: Period): { sessions: number; spend: MicroUsd } {
  const left = less(
    { sessions: grant.sessions, spent: grant.spend },
    period.drawnBefore[grant.id] ?? nothing,
  );
  return { sessions: left.sessions, spend: left.spent };
}

/** What grants that ended within a period had given to it by then. */
export const drawnByEnded = (period: Period): readonly (readonly [id: string, drawn: DrawnAmount])[] =>
  Object.entries(period.drawnBefore).flatMap(([id, { here }]) => (here === undefined ? [] : [[id, here]]));

const endOf = ({ until }: Grant): number => until ?? Number.POSITIVE_INFINITY;

const byTurn = (left: Grant, right: Grant): number =>
  left.priority - right.priority || endOf(left) - endOf(right) || (left.id < right.id ? -1 : 1);

/** How the period's use beyond its own limits falls upon the grants that ran just before `at`. */
function drawnOf(
  period: Period,
  modifiers: readonly Modifier[],
  at: Instant,
  context: Pick<DecisionContext, 'policyOf'>,
): ReadonlyMap<string, DrawnAmount> {
  const own = limitsBeforeGrants(termsOfPeriod(period, context), modifiers, instant(at - 1));
  const used: DrawnAmount = { sessions: period.sessionsUsed, spent: plus(period.spent, period.held) };
  const allowed = { sessions: own.sessionsPerPeriod.value, spent: own.visibleBudget.value };
  let rest = drawnByEnded(period).reduce((left, [, drawn]) => less(left, drawn), less(used, allowed));
  const running = grantsOf(modifiers).filter(
    (grant) => grant.from < at && endOf(grant) >= at && period.drawnBefore[grant.id]?.here === undefined,
  );
  return new Map(
    [...running].sort(byTurn).map((grant) => {
      const remaining = remainingOf(grant, period);
      const drawn: DrawnAmount = {
        sessions: Math.min(rest.sessions, remaining.sessions),
        spent: lesser(rest.spent, remaining.spend),
      };
      rest = less(rest, drawn);
      return [grant.id, drawn];
    }),
  );
}

function withEnded(
  state: AccountState,
  ended: readonly Grant[],
  at: Instant,
  context: DecisionContext,
): AccountState {
  const period = currentPeriod(state);
  const drawn = drawnOf(period, entitlementInForce(state).modifiers ?? [], at, context);
  const closed = ended.map(({ id }): [string, Drawn] => {
    const before = period.drawnBefore[id] ?? nothing;
    return [id, { ...before, here: drawn.get(id) ?? nothing }];
  });
  return withPeriod(state, {
    ...period,
    drawnBefore: { ...period.drawnBefore, ...Object.fromEntries(closed) },
  });
}

/** Keeps what grants that have ended gave to the current period: they add no more to it, and take nothing back. */
export function closeEndedGrants(state: AccountState, context: DecisionContext): AccountState {
  const modifiers = entitlementInForce(state).modifiers ?? [];
  if (modifiers.length === 0 || state.account.currentPeriod === null) return state;
  const { startsAt, endsAt, drawnBefore } = currentPeriod(state);
  const isDue = (grant: Grant): boolean =>
    grant.until !== null &&
    grant.until > startsAt &&
    grant.until <= Math.min(context.now, endsAt) &&
    drawnBefore[grant.id]?.here === undefined;
  return grantsOf(modifiers)
    .filter(isDue)
    .sort((left, right) => endOf(left) - endOf(right))
    .reduce((closed, grant) => withEnded(closed, [grant], grant.until ?? context.now, context), state);
}

/** The same for a grant that is about to be withdrawn. */
export const closeWithdrawnGrant = (
  state: AccountState,
  grant: Grant,
  context: DecisionContext,
): AccountState =>
  grant.from <= context.now ? withEnded(state, [grant], instant(context.now + 1), context) : state;

/** What a period that opens now must know of grants: all that was drawn of those that still run. */
export function drawnUntil(
  previous: Period,
  modifiers: readonly Modifier[],
  context: DecisionContext,
): Period['drawnBefore'] {
  const drawn = drawnOf(previous, modifiers, previous.endsAt, context);
  const entries = grantsOf(modifiers)
    .filter((grant) => endOf(grant) > context.now)
    .map(({ id }): [string, Drawn] => {
      const { sessions, spent } = previous.drawnBefore[id] ?? nothing;
      return [id, sum({ sessions, spent }, drawn.get(id) ?? nothing)];
    })
    .filter(([, total]) => !isEmpty(total));
  return Object.fromEntries(entries);
}

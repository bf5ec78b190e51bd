import { dayContaining, firstPeriod, periodAfter } from '../calendar.ts';
import { closeEndedGrants, drawnUntil } from '../allowance/grant-draw.ts';
import { later } from '../instant.ts';
import { noMoney } from '../money.ts';
import { termsFor } from '../policy/terms.ts';
import { currentPeriod, withAccount, withPeriod } from './change.ts';
import type { DecisionContext } from './context.ts';
import { entitlementInForce } from './entitlement.ts';
import type { Modifier } from './modifier.ts';
import { settleExpired } from './settle.ts';
import type { AccountState, Day, Period, Tombstone } from './state.ts';
import { carriedPeriod } from './tombstone.ts';

const modifiersOf = (state: AccountState): readonly Modifier[] => entitlementInForce(state).modifiers ?? [];

/** Goes on with the period and day of an erased account of the same id, so that it is not filled up by coming back. */
function goOn(state: AccountState, tombstone: Tombstone): AccountState {
  const period = carriedPeriod(tombstone);
  return withAccount(withPeriod(state, period), { currentPeriod: period.number, day: tombstone.day });
}

/** Opens the period that contains now, from ledger data only: whoever comes first gets the same row. */
function openPeriod(state: AccountState, context: DecisionContext): AccountState {
  const { account, tombstone } = state;
  if (account.currentPeriod === null && tombstone !== undefined && context.now < tombstone.period.endsAt) {
    return goOn(state, tombstone);
  }
  const previous = account.currentPeriod === null ? null : currentPeriod(state);
  if (previous !== null && context.now < previous.endsAt) return state;
  const terms = termsFor(context.policyOf(context.policyVersion), account.plan);
  const { registeredAt, timeZone } = account;
  const window =
    previous === null
      ? firstPeriod(terms.period, registeredAt, timeZone, context.now)
      : periodAfter(previous, terms.period, registeredAt, timeZone, context.now);
  const period: Period = {
    ...window,
    timeZone,
    plan: terms.plan,
    policyVersion: context.policyVersion,
    sessionsUsed: 0,
    spent: noMoney,
    held: noMoney,
    overshoot: noMoney,
    crossed: [],
    drawnBefore: previous === null ? {} : drawnUntil(previous, modifiersOf(state), context),
  };
  return withAccount(withPeriod(state, period), { currentPeriod: period.number });
}

/**
 * Opens the day that contains now, by the zone of the current period. Days tile: where the zone changed, the first day in the new
 * one starts where the last in the old one ended, so that nothing is counted in two.
 */
export function openDay(state: AccountState, context: DecisionContext): AccountState {
  const { day } = state.account;
  if (day !== null && context.now < day.endsAt) return state;
  const window = dayContaining(context.now, currentPeriod(state).timeZone);
  const startsAt = day === null ? window.startsAt : later(window.startsAt, day.endsAt);
  const fresh: Day = { ...window, startsAt, sessions: 0, spent: noMoney, attempts: 0, refunds: 0 };
  return withAccount(state, { day: fresh });
}

/** The first step of every decision: what time alone has changed, settled exactly as if it had been noticed at once. */
export const bringUpToDate = (state: AccountState, context: DecisionContext): AccountState =>
  openDay(openPeriod(closeEndedGrants(settleExpired(state, context), context), context), context);

/** The day that `bringUpToDate` has opened. */
export function today(state: AccountState): Day {
  if (state.account.day === null) throw new RangeError('the account was not brought up to date');
  return state.account.day;
}

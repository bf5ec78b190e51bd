import { bringUpToDate, openDay, today } from '../account/bring-up-to-date.ts';
import { withAccount } from '../account/change.ts';
import type { DecisionContext } from '../account/context.ts';
import type { AccountState } from '../account/state.ts';
import type { Instant } from '../instant.ts';
import { type Happening, happeningsOf } from './happening.ts';
import type { AccountRecord } from './record.ts';
import { type ReplayContext, beforeEverything, contextAt } from './beginning.ts';
import { ReplayedAccount } from './replayed-account.ts';

/** One happening, with the account as it stood when it was decided and as it was left. */
export type Replayed = {
  readonly happening: Happening;
  readonly before: AccountState;
  readonly after: AccountState;
};

/** Happenings that a request made: they open the day they fall in. The rest is settled or told by itself. */
function opensDay(happening: Happening): boolean {
  switch (happening.kind) {
    case 'session_admitted':
    case 'session_refused':
    case 'call_authorized':
    case 'usage_counted':
    case 'act':
      return true;
    case 'session_ended':
      return happening.session.end === 'ended';
    case 'authorization_expired':
    case 'period_opened':
    case 'step_crossed':
    case 'nudge_decided':
    case 'reset_announced':
    case 'review_opened':
    case 'policy_changed':
      return false;
    default:
      return happening satisfies never;
  }
}

/** The account before and after each of its happenings. Nothing but rows goes in: what comes out can be compared. */
export function* replay(record: AccountRecord, context: ReplayContext): Generator<Replayed> {
  const account = new ReplayedAccount(record, context);
  for (const happening of happeningsOf(record)) {
    if (opensDay(happening)) account.advance(happening.at);
    const before = account.state;
    account.apply(happening);
    yield { happening, before, after: account.state };
  }
}

/** A point in an account's life: an instant, or the version that some commit left it at. */
export type Point = { readonly at: Instant } | { readonly version: number };

const isPast = (happening: Happening, point: Point): boolean =>
  'at' in point ? happening.at > point.at : (happening.version ?? 0) > point.version;

/** A refused attempt leaves nothing but the day it opened, and a day's refunds are no limit: the last day's are known. */
function inLastDay(stand: AccountState, record: AccountRecord, context: DecisionContext): AccountState {
  const { day } = record.account;
  if (day === null || context.now < day.startsAt || stand.account.currentPeriod === null) return stand;
  const opened = openDay(stand, { ...context, now: day.startsAt });
  return withAccount(opened, { day: { ...today(opened), refunds: day.refunds } });
}

/** The account as it stood at a point, from its rows alone; what time had changed is settled. */
export function standAt(record: AccountRecord, point: Point, context: ReplayContext): AccountState {
  let stand = beforeEverything(record);
  let last = record.account.registeredAt;
  const now = () => contextAt('at' in point ? point.at : last, context);
  for (const { happening, after } of replay(record, context)) {
    if (isPast(happening, point)) return bringUpToDate(stand, now());
    stand = after;
    last = happening.at;
  }
  return bringUpToDate(inLastDay(stand, record, now()), now());
}

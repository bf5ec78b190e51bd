import { openDay, today } from '../account/bring-up-to-date.ts';
import {
  isOfDay,
  periodOf,
  sessionOf,
  withAccount,
  withAuthorization,
  withPeriod,
  withSession,
} from '../account/change.ts';
import type { Command } from '../account/command.ts';
import { termsOfPeriod } from '../account/context.ts';
import { entitlementInForce } from '../account/entitlement.ts';
import { openAuthorizations, releaseEnded } from '../account/reservations.ts';
import type { AccountState, Authorization, Period, Session, UsageEvent } from '../account/state.ts';
import { closeEndedGrants, closeWithdrawnGrant } from '../allowance/grant-draw.ts';
import type { SessionId } from '../ids.ts';
import { type Instant, after, later } from '../instant.ts';
import { minus, noMoney, plus } from '../money.ts';
import { type ReplayContext, beforeEverything, contextAt, openPeriod } from './beginning.ts';
import type { Happening } from './happening.ts';
import type { AccountRecord } from './record.ts';

/** Counts a session, or takes its count back, in its period and, where that is today's, in its day. */
function count(state: AccountState, session: Session, by: 1 | -1): AccountState {
  const period = periodOf(state, session.period);
  const counted = withPeriod(state, { ...period, sessionsUsed: period.sessionsUsed + by });
  const { day } = state.account;
  if (day === null || !isOfDay(day, session)) return counted;
  return withAccount(counted, { day: { ...day, sessions: Math.max(0, day.sessions + by) } });
}

/** A day gives back only so many sessions: whether another one that has run out will be is known by this. */
function refunded(state: AccountState): AccountState {
  const { day } = state.account;
  return day === null ? state : withAccount(state, { day: { ...day, refunds: day.refunds + 1 } });
}

/** Folds an account's happenings in their order. Sessions that ended are put aside until late usage asks for them. */
export class ReplayedAccount {
  #state: AccountState;
  readonly #context: ReplayContext;
  readonly #ended = new Map<SessionId, Session>();
  readonly #givenBack = new Map<SessionId, Session['givenBackVersion']>();

  constructor(record: AccountRecord, context: ReplayContext) {
    this.#state = beforeEverything(record);
    this.#context = context;
  }

  get state(): AccountState {
    return this.#state;
  }

  /** Opens the day of what happens next, and closes grants that have ended. */
  advance(now: Instant): void {
    if (this.#state.account.currentPeriod === null) return;
    const context = contextAt(now, this.#context);
    this.#state = openDay(closeEndedGrants(this.#state, context), context);
  }

  apply(happening: Happening): void {
    this.#state = this.#after(happening);
    const version = happening.version ?? this.#state.account.version;
    this.#state = withAccount(this.#state, { version: Math.max(version, this.#state.account.version) });
  }

  #after(happening: Happening): AccountState {
    const state = this.#state;
    switch (happening.kind) {
      case 'period_opened':
        return openPeriod(closeEndedGrants(state, contextAt(happening.at, this.#context)), happening.period);
      case 'session_admitted':
        return this.#admitted(happening.session);
      case 'call_authorized':
        return this.#authorized(happening.authorization);
      case 'authorization_expired':
        return this.#authorizationExpired(happening.authorization);
      case 'usage_counted':
        return this.#used(happening.event);
      case 'session_ended':
        return this.#sessionEnded(happening.session);
      case 'step_crossed': {
        const period = periodOf(state, happening.crossing.period);
        const crossed = [...period.crossed, happening.crossing.threshold].sort((a, b) => a - b);
        return withPeriod(state, { ...period, crossed });
      }
      case 'act':
        return this.#acted(happening.command);
      case 'policy_changed': {
        const { period, policyVersion } = happening.change;
        return withPeriod(state, { ...periodOf(state, period), policyVersion });
      }
      case 'session_refused':
      case 'nudge_decided':
      case 'reset_announced':
      case 'review_opened':
        return state;
      default:
        return happening satisfies never;
    }
  }

  #acted(command: Command): AccountState {
    const state = this.#closedBy(command);
    const commands = [...state.commands, command];
    return withAccount({ ...state, commands }, { lastCommand: command.number });
  }

  /** A grant that is withdrawn has given what the running period drew of it. */
  #closedBy(command: Command): AccountState {
    if (command.kind !== 'withdraw') return this.#state;
    const { modifiers = [] } = entitlementInForce(this.#state);
    const withdrawn = modifiers.find(({ id }) => id === command.modifierId);
    if (withdrawn?.kind !== 'grant') return this.#state;
    return closeWithdrawnGrant(this.#state, withdrawn, contextAt(command.at, this.#context));
  }

  #expiry(period: Period, now: Instant): Instant {
    return after(now, termsOfPeriod(period, this.#context).idleTimeout);
  }

  #admitted(row: Session): AccountState {
    const period = periodOf(this.#state, row.period);
    const session: Session = {
      ...row,
      held: row.cap,
      spent: noMoney,
      overshoot: noMoney,
      usageEvents: 0,
      tokens: 0,
      expiresAt: this.#expiry(period, row.startedAt),
      endedAt: null,
      end: null,
      endedVersion: null,
      counted: true,
      givenBackVersion: null,
    };
    const held = withPeriod(this.#state, { ...period, held: plus(period.held, session.cap) });
    return count(withSession(held, session), session, 1);
  }

  #session(id: SessionId): Session {
    const session = this.#state.sessions.find((one) => one.id === id) ?? this.#ended.get(id);
    if (session === undefined) throw new RangeError(`the story tells of session ${id} before it began`);
    return session;
  }

  #authorized(row: Authorization): AccountState {
    const session = this.#session(row.sessionId);
    const kept = withSession(this.#state, {
      ...session,
      expiresAt: later(session.expiresAt, row.expiresAt),
    });
    return withAuthorization(kept, { ...row, closedAt: null, close: null });
  }

  /** An authorization that no longer reserves. After the end of its session its part of the hold is free with it. */
  #closed(state: AccountState, { id, sessionId: of }: Authorization): AccountState {
    const open = state.authorizations.filter((one) => one.id !== id || one.sessionId !== of);
    const closed = { ...state, authorizations: open };
    const session = sessionOf(closed, of);
    return session.endedAt === null ? closed : releaseEnded(closed, session);
  }

  #authorizationExpired(row: Authorization): AccountState {
    const closed = this.#closed(this.#state, row);
    const session = sessionOf(closed, row.sessionId);
    return session.endedAt === null ? closed : this.#settled(closed, session.id);
  }

  #used(event: UsageEvent): AccountState {
    const known = this.#session(event.sessionId);
    const taken = known.counted ? this.#state : count(this.#state, known, 1);
    const fromHold = minus(event.cost, event.overshoot);
    const period = periodOf(taken, known.period);
    const session: Session = {
      ...known,
      held: minus(known.held, fromHold),
      spent: plus(known.spent, event.cost),
      overshoot: plus(known.overshoot, event.overshoot),
      usageEvents: known.usageEvents + 1,
      tokens: known.tokens + (event.inputTokens ?? 0) + (event.outputTokens ?? 0),
      expiresAt:
        known.endedAt === null
          ? later(known.expiresAt, this.#expiry(period, event.recordedAt))
          : known.expiresAt,
      counted: true,
    };
    const charged = withPeriod(withSession(taken, session), {
      ...period,
      held: minus(period.held, fromHold),
      spent: plus(period.spent, event.cost),
      overshoot: plus(period.overshoot, event.overshoot),
    });
    const day = today(charged);
    const counted = withAccount(charged, { day: { ...day, spent: plus(day.spent, event.cost) } });
    const authorization = openAuthorizations(counted, session.id).find(
      ({ id }) => id === event.authorizationId,
    );
    const closed = authorization === undefined ? counted : this.#closed(counted, authorization);
    return session.endedAt === null ? closed : this.#putAside(closed, session.id);
  }

  #sessionEnded(row: Session): AccountState {
    const { endedAt, end, endedVersion, givenBackVersion } = row;
    const ended = { ...this.#session(row.id), endedAt, end, endedVersion };
    this.#givenBack.set(row.id, givenBackVersion);
    return this.#settled(releaseEnded(this.#state, ended), row.id);
  }

  /** Gives an ended session back if the ledger did, once no authorized call can still come. */
  #settled(state: AccountState, id: SessionId): AccountState {
    const session = sessionOf(state, id);
    const givenBackVersion = this.#givenBack.get(id) ?? null;
    const isGivenBack =
      givenBackVersion !== null &&
      session.counted &&
      session.usageEvents === 0 &&
      openAuthorizations(state, id).length === 0;
    if (!isGivenBack) return this.#putAside(state, id);
    const given = withSession(state, { ...session, counted: false, givenBackVersion });
    return this.#putAside(refunded(count(given, session, -1)), id);
  }

  /** Out of the state's small list, so that a long story stays quick to tell; those that still hold something stay. */
  #putAside(state: AccountState, id: SessionId): AccountState {
    this.#ended.set(id, sessionOf(state, id));
    if (openAuthorizations(state, id).length > 0) return state;
    return { ...state, sessions: state.sessions.filter((one) => one.id !== id) };
  }
}

import type { Command } from '../../domain/account/command.ts';
import type { DecisionContext } from '../../domain/account/context.ts';
import { newAccount } from '../../domain/account/new-account.ts';
import { ownTime } from '../../domain/account/own-time.ts';
import {
  type Account,
  type AccountState,
  type Authorization,
  type Crossing,
  type Period,
  type Session,
  type UsageEvent,
  nothingAdded,
} from '../../domain/account/state.ts';
import { type PolicyVersion, type SessionId, appId, reviewId, sessionId, userId } from '../../domain/ids.ts';
import { type Instant, instant } from '../../domain/instant.ts';
import type { Asked } from './asked.ts';
import { policyOf, policyVersions } from './policies.ts';

/** Sums kept from the rows alone, apart from every counter of the engine. */
export type Tally = { used: number; held: number; overshoot: number; spent: number };

/** The ledger in memory, for one account: it stores rows and hands out the slice that the real one loads. */
export class World {
  now: Instant;
  policyVersion: PolicyVersion = policyVersions[0] as PolicyVersion;
  account: Account;
  readonly periods = new Map<number, Period>();
  readonly sessions = new Map<SessionId, Session>();
  readonly sessionIds: SessionId[] = [];
  readonly authorizations = new Map<string, Authorization>();
  /** The newest first, as they were granted. */
  readonly granted: Authorization[] = [];
  /** Of grants and overrides, the newest first. */
  readonly modifierIds: string[] = [];
  readonly events: UsageEvent[] = [];
  readonly crossings: Crossing[] = [];
  commands: readonly Command[] = [];
  readonly tallies = new Map<number, Tally>();
  /** What a session's calls cost, summed from its events. */
  readonly spentOf = new Map<SessionId, number>();
  readonly #running = new Set<SessionId>();
  #ids = 0;

  constructor(start: Instant) {
    this.now = start;
    this.account = newAccount(appId('app'), userId('user'), start).account;
  }

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** Its time may have gone back, as between two processes; the account's does not. */
  context(): DecisionContext {
    const id = this.nextId();
    return {
      now: ownTime({ account: this.account, periods: [...this.periods.values()] }, this.now),
      policyVersion: this.policyVersion,
      policyOf,
      fresh: { sessionId: sessionId(`ses_${id}`), reviewId: reviewId(`rev_${id}`) },
    };
  }

  wait(milliseconds: number): void {
    this.now = instant(this.now + milliseconds);
  }

  /** As the ledger loads it: what is open, what is addressed, and the periods of those. */
  load(asked: Asked): AccountState {
    const ids = new Set([...this.#running, ...('session' in asked ? [asked.session.id] : [])]);
    const named = asked.kind === 'use' ? asked.request.authorizationId : undefined;
    const authorizations = [...this.authorizations.values()].filter(
      ({ closedAt, id }) => closedAt === null || id === named,
    );
    for (const { sessionId: of } of authorizations) ids.add(of);
    const sessions = [...ids].flatMap((id) => this.sessions.get(id) ?? []);
    const numbers = new Set(sessions.map(({ period }) => period));
    if (this.account.currentPeriod !== null) numbers.add(this.account.currentPeriod);
    return {
      account: this.account,
      periods: [...numbers].flatMap((number) => this.periods.get(number) ?? []),
      sessions,
      authorizations,
      commands: this.commands,
      added: nothingAdded,
    };
  }

  tallyOf(period: number): Tally {
    const tally = this.tallies.get(period) ?? { used: 0, held: 0, overshoot: 0, spent: 0 };
    this.tallies.set(period, tally);
    return tally;
  }

  #storeSession(session: Session): void {
    const before = this.sessions.get(session.id);
    const tally = this.tallyOf(session.period);
    tally.used += Number(session.counted) - Number(before?.counted ?? false);
    tally.held += session.held - (before?.held ?? 0);
    tally.overshoot += session.overshoot - (before?.overshoot ?? 0);
    if (before === undefined) this.sessionIds.unshift(session.id);
    if (session.endedAt === null) this.#running.add(session.id);
    else this.#running.delete(session.id);
    this.sessions.set(session.id, session);
  }

  #storeAuthorization(one: Authorization): void {
    const name = `${one.sessionId}/${one.id}`;
    if (!this.authorizations.has(name)) this.granted.unshift(one);
    this.authorizations.set(name, one);
  }

  #storeEvent(event: UsageEvent): void {
    this.events.unshift(event);
    this.tallyOf(event.period).spent += event.cost;
    this.spentOf.set(event.sessionId, (this.spentOf.get(event.sessionId) ?? 0) + event.cost);
  }

  /** Writes what a decision changed. */
  commit({ account, periods, sessions, authorizations, commands, added }: AccountState): void {
    this.account = { ...account, version: account.version + 1 };
    for (const period of periods) this.periods.set(period.number, period);
    for (const session of sessions)
      if (this.sessions.get(session.id) !== session) this.#storeSession(session);
    for (const one of authorizations) this.#storeAuthorization(one);
    for (const { kind, key } of added.commands)
      if (kind === 'grant' || kind === 'override') this.modifierIds.unshift(key);
    for (const event of added.usageEvents) this.#storeEvent(event);
    this.crossings.push(...added.crossings);
    this.commands = commands;
  }
}

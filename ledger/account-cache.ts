import type { AccountState } from '../domain/account/state.ts';
import { nothingAdded } from '../domain/account/state.ts';
import type { AppId, SessionId, UserId } from '../domain/ids.ts';
import type { AppStand } from './account-snapshot.ts';

/** Names an account within a process. App ids hold no slash. */
export type AccountName = string;

export const accountName = (app: AppId, user: UserId): AccountName => `${app}/${user}`;

/** What the next decision needs of a state: running sessions, open authorizations, and the periods they live in. */
export function withoutFinished(state: AccountState): AccountState {
  const authorizations = state.authorizations.filter(({ closedAt }) => closedAt === null);
  const sessions = state.sessions.filter(
    ({ id, endedAt }) => endedAt === null || authorizations.some(({ sessionId }) => sessionId === id),
  );
  const periods = state.periods.filter(
    ({ number }) =>
      number === state.account.currentPeriod || sessions.some(({ period }) => period === number),
  );
  return { ...state, authorizations, sessions, periods, added: nothingAdded };
}

/**
 * Accounts as this process last saw them. It is a guess that saves a round trip, never a permission: whatever is decided on it
 * commits only if the ledger stands just so (law 4), so it can cost a second try and cannot raise room.
 */
export class AccountCache {
  readonly #accounts = new Map<AccountName, AccountState>();
  readonly #sessions = new Map<SessionId, AccountName>();
  readonly #apps = new Map<AppId, AppStand>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  app(app: AppId): AppStand | undefined {
    return this.#apps.get(app);
  }

  account(name: AccountName): AccountState | undefined {
    return this.#accounts.get(name);
  }

  /** The account that a running session belongs to, where it is known. */
  ownerOf(app: AppId, session: SessionId): AccountName | undefined {
    const name = this.#sessions.get(session);
    return name?.startsWith(`${app}/`) === true ? name : undefined;
  }

  keepApp(app: AppId, { clockOffset, mode, policyVersion }: AppStand): void {
    this.#apps.set(app, { clockOffset, mode, policyVersion });
  }

  keep(name: AccountName, state: AccountState): void {
    const known = this.#accounts.get(name);
    this.#keepSessions(name, known?.sessions ?? [], state.sessions);
    this.#accounts.delete(name);
    this.#accounts.set(name, state);
    if (this.#accounts.size > this.#most) this.#dropOldest();
  }

  /** Touches only what differs: a map that forgets and learns all of them each time is rebuilt every few seconds. */
  #keepSessions(name: AccountName, before: AccountState['sessions'], after: AccountState['sessions']): void {
    let same = 0;
    for (const { id } of before) {
      if (after[same]?.id === id) same += 1;
      else this.#sessions.delete(id);
    }
    for (const { id } of after.slice(same)) this.#sessions.set(id, name);
  }

  drop(name: AccountName): void {
    const known = this.#accounts.get(name);
    if (known === undefined) return;
    this.#keepSessions(name, known.sessions, []);
    this.#accounts.delete(name);
  }

  #dropOldest(): void {
    const oldest = this.#accounts.keys().next();
    if (oldest.done !== true) this.drop(oldest.value);
  }
}

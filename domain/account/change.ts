import type { Account, AccountState, Added, Authorization, Day, Period, Session } from './state.ts';

/** Small, named steps from one account state to the next. */

function replaced<Row>(rows: readonly Row[], row: Row, same: (candidate: Row) => boolean): readonly Row[] {
  const index = rows.findIndex(same);
  return index === -1 ? [...rows, row] : rows.with(index, row);
}

const joined = <Row>(rows: readonly Row[], more: readonly Row[] | undefined): readonly Row[] =>
  more === undefined || more.length === 0 ? rows : [...rows, ...more];

export const withAccount = (state: AccountState, change: Partial<Account>): AccountState => ({
  ...state,
  account: { ...state.account, ...change },
});

export const withPeriod = (state: AccountState, period: Period): AccountState => ({
  ...state,
  periods: replaced(state.periods, period, (candidate) => candidate.number === period.number),
});

export const withSession = (state: AccountState, session: Session): AccountState => ({
  ...state,
  sessions: replaced(state.sessions, session, (candidate) => candidate.id === session.id),
});

export const withAuthorization = (state: AccountState, authorization: Authorization): AccountState => ({
  ...state,
  authorizations: replaced(
    state.authorizations,
    authorization,
    (candidate) => candidate.id === authorization.id && candidate.sessionId === authorization.sessionId,
  ),
});

export const addedTo = (before: Added, more: Partial<Added>): Added => ({
  usageEvents: joined(before.usageEvents, more.usageEvents),
  crossings: joined(before.crossings, more.crossings),
  commands: joined(before.commands, more.commands),
  reviews: joined(before.reviews, more.reviews),
});

export const withAdded = (state: AccountState, added: Partial<Added>): AccountState => ({
  ...state,
  added: addedTo(state.added, added),
});

/** @throws RangeError where the ledger did not load what a decision needs: a bug, not a user's error. */
export function periodOf(state: AccountState, number: number | null): Period {
  const period = state.periods.find((candidate) => candidate.number === number);
  if (period === undefined) throw new RangeError(`period ${number} of the account was not loaded`);
  return period;
}

/** @throws RangeError where the ledger did not load the session. */
export function sessionOf(state: AccountState, id: Session['id']): Session {
  const session = state.sessions.find((candidate) => candidate.id === id);
  if (session === undefined) throw new RangeError(`session ${id} was not loaded`);
  return session;
}

export const currentPeriod = (state: AccountState): Period => periodOf(state, state.account.currentPeriod);

export const openSessions = (state: AccountState): readonly Session[] =>
  state.sessions.filter((session) => session.endedAt === null);

/** Whether the running day has counted the session. Dates do not tell: who moves west lives one twice. */
export const isOfDay = (running: Day, { startedAt }: Session): boolean => startedAt >= running.startsAt;

import { v7 as uuid } from 'uuid';
import { today } from '../domain/account/bring-up-to-date.ts';
import { currentPeriod } from '../domain/account/change.ts';
import type { DecisionContext } from '../domain/account/context.ts';
import type { AccountState } from '../domain/account/state.ts';
import { reviewId, sessionId } from '../domain/ids.ts';
import { type Instant, earliest } from '../domain/instant.ts';
import { type Telling, sessionEndsToldEvery, worthTelling } from '../domain/telling.ts';
import { type Commit, commitAccount, hasChanged } from './commit-account.ts';
import type { Ledger } from './ledger.ts';
import { type Address, type LoadedAccount, loadAccount } from './load-account.ts';
import type { Queryable } from './pool.ts';

/** A pure decision on a loaded account. It may be made more than once, so it must not have effects. */
export type Decide<Answer> = (loaded: LoadedAccount, context: DecisionContext) => Decision<Answer>;

export type Decision<Answer> = {
  readonly state: AccountState;
  readonly answer: Answer;
  /** Stored under an Idempotency-Key in the same commit. */
  readonly remember?: Commit['answer'];
};

export type Transacted<Answer> = {
  readonly answer: Answer;
  readonly version: number;
  readonly clockOffset: number;
};

export type TransactOptions = {
  /** The workflow's own acts need not be told to it. */
  readonly telling?: Telling;
};

const optimisticTries = 3;
/** Somebody else with the same id committed between load and commit: read again and decide on what is there now. */
const uniqueViolation = '23505';

const contextOf = (ledger: Ledger, loaded: LoadedAccount): DecisionContext => ({
  now: loaded.now,
  policyVersion: loaded.policyVersion,
  policyOf: ledger.policies.read,
  fresh: { sessionId: sessionId(`ses_${uuid()}`), reviewId: reviewId(`rev_${uuid()}`) },
});

async function load(db: Queryable, ledger: Ledger, address: Address): Promise<LoadedAccount | null> {
  const loaded = await loadAccount(db, address);
  if (loaded === null) return null;
  await ledger.policies.fetch([
    loaded.policyVersion,
    ...loaded.state.periods.map((period) => period.policyVersion),
  ]);
  return loaded;
}

/** Decides on an account as it stands and writes nothing. Null: no such app or session. */
export async function consult<Answer>(
  ledger: Ledger,
  address: Address,
  look: (loaded: LoadedAccount, context: DecisionContext) => Answer,
): Promise<Answer | null> {
  const loaded = await load(ledger.pool, ledger, address);
  return loaded === null ? null : look(loaded, contextOf(ledger, loaded));
}

function newWake(before: AccountState, after: AccountState): Instant | null {
  return before.account.currentPeriod === after.account.currentPeriod ? null : currentPeriod(after).endsAt;
}

async function attempt<Answer>(
  db: Queryable,
  ledger: Ledger,
  loaded: LoadedAccount,
  decide: Decide<Answer>,
  options: TransactOptions,
): Promise<Transacted<Answer> | null> {
  const before = loaded.state;
  const { state: after, answer, remember } = decide(loaded, contextOf(ledger, loaded));
  const { clockOffset } = loaded;
  if (!hasChanged(before, after)) return { answer, version: before.account.version, clockOffset };
  const committed = await commitAccount(db, {
    before,
    after,
    validUntil: earliest([currentPeriod(after).endsAt, today(after).endsAt]) ?? loaded.now,
    clockOffset,
    telling: options.telling ?? worthTelling(before, after),
    pace: sessionEndsToldEvery[loaded.mode],
    wakeAt: newWake(before, after),
    answer: remember ?? null,
  });
  return committed === null ? null : { answer, version: committed.version, clockOffset };
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === uniqueViolation;

/** After three misses the account's row is locked first, so that a busy account still makes progress. */
async function attemptLocked<Answer>(
  ledger: Ledger,
  address: Address,
  known: LoadedAccount,
  decide: Decide<Answer>,
  options: TransactOptions,
): Promise<Transacted<Answer> | null> {
  const connection = await ledger.pool.connect();
  try {
    await connection.query('begin');
    const { appId, userId } = known.state.account;
    await connection.query('select from accounts where app_id = $1 and user_id = $2 for update', [
      appId,
      userId,
    ]);
    const loaded = await load(connection, ledger, address);
    const done = loaded === null ? null : await attempt(connection, ledger, loaded, decide, options);
    await connection.query('commit');
    return done;
  } catch (error) {
    await connection.query('rollback').catch(() => {});
    throw error;
  } finally {
    connection.release();
  }
}

/** Too many others changed the same account at once; asking again is safe. */
export class AccountBusy extends Error {
  override readonly name = 'AccountBusy';
}

/**
 * Load, decide, commit: every write to an account goes this way. A commit that stood on something old changes nothing and
 * the decision is made again. Null: no such app or session.
 * @throws AccountBusy when even the locked attempts missed.
 */
export async function transact<Answer>(
  ledger: Ledger,
  address: Address,
  decide: Decide<Answer>,
  options: TransactOptions = {},
): Promise<Transacted<Answer> | null> {
  for (let tries = 0; tries < 2 * optimisticTries; tries += 1) {
    try {
      const loaded = await load(ledger.pool, ledger, address);
      if (loaded === null) return null;
      const done =
        tries < optimisticTries
          ? await attempt(ledger.pool, ledger, loaded, decide, options)
          : await attemptLocked(ledger, address, loaded, decide, options);
      if (done !== null) return done;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }
  throw new AccountBusy('the account was changed by too many others at once');
}

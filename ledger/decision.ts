import type { DecisionContext } from '../domain/account/context.ts';
import type { AccountState } from '../domain/account/state.ts';
import type { Telling } from '../domain/telling.ts';
import type { Address, LoadedAccount, StoredAnswer } from './account-snapshot.ts';

/** A pure decision on an account. It may be made more than once, so it must not have effects. */
export type Decide<Answer> = (loaded: LoadedAccount, context: DecisionContext) => Decision<Answer>;

export type Decision<Answer> = {
  readonly state: AccountState;
  readonly answer: Answer;
  /** Stored under an Idempotency-Key in the same commit. */
  readonly remember?: StoredAnswer | null;
};

export type Transacted<Answer> = {
  readonly answer: Answer;
  readonly version: number;
  readonly clockOffset: number;
};

export type TransactOptions = {
  /** The workflow's own acts need not be told to it. */
  readonly telling?: Telling;
  /** It is part of something large and nobody waits for it alone: what others wait for goes first. */
  readonly isBehindOthers?: boolean;
};

/** A decision that somebody asks for. */
export type Asked = {
  readonly address: Address;
  readonly decide: Decide<unknown>;
  readonly options: TransactOptions;
  /** The request that asks, null where nobody traces. */
  readonly traceparent: string | null;
};

/** What became of what somebody asked for. Null: no such app or session. */
export type Settled<Answer = unknown> = PromiseSettledResult<Transacted<Answer> | null>;

/** One decision that waits to be made and committed. Null: no such app or session. */
export type Task = Asked & {
  readonly resolve: (done: Transacted<unknown> | null) => void;
  readonly reject: (error: unknown) => void;
};

/** Too many others changed the same account at once, or too many wait; asking again is safe. */
export class AccountBusy extends Error {
  override readonly name = 'AccountBusy';
}

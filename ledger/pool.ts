import { Pool, TypeOverrides, types as builtinTypes } from 'pg';

/** int8 arrives as text by default; every int8 of the ledger is a count or an amount that a safe integer holds. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 beyond 2^53: ${text}`);
  return value;
}

const types = new TypeOverrides();
types.setTypeParser(builtinTypes.builtins.INT8, safeInteger);

export type PoolOptions = {
  readonly max?: number;
  readonly applicationName?: string;
  readonly onIdleError?: (error: Error) => void;
  /** Settings of each connection, as `-c name=value`. */
  readonly settings?: string;
  readonly lockTimeoutMs?: number;
};

/** Statements end after five seconds and locks after one: a stuck row costs its own user an error, never the pool. */
export function createPool(databaseUrl: string, options: PoolOptions = {}): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    types,
    max: options.max ?? 16,
    application_name: options.applicationName ?? 'stipend',
    connectionTimeoutMillis: 2_000,
    statement_timeout: 5_000,
    lock_timeout: options.lockTimeoutMs ?? 1_000,
    ...(options.settings === undefined ? {} : { options: options.settings }),
    idle_in_transaction_session_timeout: 5_000,
  });
  // An idle connection that Postgres closed is replaced at the next query; without a listener it would end the process.
  pool.on('error', options.onIdleError ?? (() => {}));
  return pool;
}

/** What a statement needs: a pool, or one connection of it inside a transaction. */
export type Queryable = Pick<Pool, 'query'>;

import type { Pool, PoolClient } from 'pg';

/**
 * All that `work` writes commits together or, where it throws, not at all. A connection that cannot roll back is not
 * used again.
 */
export async function inTransaction<Value>(
  pool: Pool,
  work: (db: PoolClient) => Promise<Value>,
): Promise<Value> {
  const connection = await pool.connect();
  let failure: Error | undefined;
  try {
    await connection.query('begin');
    const value = await work(connection);
    await connection.query('commit');
    return value;
  } catch (error) {
    await connection.query('rollback').catch((broken: Error) => {
      failure = broken;
    });
    throw error;
  } finally {
    connection.release(failure);
  }
}

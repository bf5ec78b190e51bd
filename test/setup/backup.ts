import type { Pool } from 'pg';
import { inTransaction } from '../../ledger/in-transaction.ts';

/** All rows of a test's database as they are now, to be put back as a restored backup would. */
export async function backUp(pool: Pool): Promise<{ readonly restore: () => Promise<void> }> {
  const schema = `backup_${crypto.randomUUID().replaceAll('-', '')}`;
  const { rows } = await pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'pgmigrations'",
  );
  const tables = rows.map(({ name }) => name);
  await inTransaction(pool, async (db) => {
    await db.query('set transaction isolation level repeatable read');
    await db.query(`create schema ${schema}`);
    for (const table of tables) await db.query(`create table ${schema}.${table} as table public.${table}`);
  });
  return {
    restore: () =>
      inTransaction(pool, async (db) => {
        // Rows come back in any order: references are not checked on the way, as in a restore.
        await db.query('set local session_replication_role = replica');
        await db.query(`truncate ${tables.map((table) => `public.${table}`).join(', ')}`);
        for (const table of tables)
          await db.query(`insert into public.${table} overriding system value table ${schema}.${table}`);
      }),
  };
}

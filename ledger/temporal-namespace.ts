import type { Queryable } from './pool.ts';

/**
 * Remembers which Temporal namespace the workflows live in, by the id it was created with. Another id means that Temporal
 * was wiped or replaced: every account is then marked for sending, and its workflow rebuilt from the ledger.
 * Answers how many were marked.
 */
export async function adoptNamespace(db: Queryable, namespaceId: string): Promise<number> {
  const { rows } = await db.query<{ marked: number }>({
    name: 'adopt-namespace',
    text: `
with before as (
  select temporal_namespace from ledger_epoch for update
), adopted as (
  update ledger_epoch e set temporal_namespace = $1 from before
  where e.temporal_namespace is distinct from $1
  returning before.temporal_namespace as replaced
), marked as (
  update outbox set send_at = now(), attempts = 0, set_aside_at = null
  from adopted where adopted.replaced is not null
  returning 1
)
select count(*) as marked from marked`,
    values: [namespaceId],
  });
  return rows[0]?.marked ?? 0;
}

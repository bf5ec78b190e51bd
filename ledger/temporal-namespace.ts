import type { Queryable } from './pool.ts';
import { markForRebuild, newEpoch } from './rebuild.ts';

async function knownNamespace(db: Queryable): Promise<string | null> {
  const { rows } = await db.query<{ known: string | null }>({
    name: 'known-namespace',
    text: 'select temporal_namespace as known from ledger_epoch',
  });
  return rows[0]?.known ?? null;
}

/**
 * Remembers which Temporal namespace the workflows live in, by the id it was created with. Another id means that Temporal
 * was wiped or replaced: every account is then marked, and its workflow rebuilt from the ledger. The id is stored last,
 * so that a worker which dies in between does it again. Answers how many were marked.
 */
export async function adoptNamespace(db: Queryable, namespaceId: string): Promise<number> {
  const known = await knownNamespace(db);
  if (known === namespaceId) return 0;
  const everyAwake = { app: null, user: null, asleepToo: false };
  const marked = known === null ? 0 : await markForRebuild(db, everyAwake, await newEpoch(db));
  await db.query({
    name: 'adopt-namespace',
    text: 'update ledger_epoch set temporal_namespace = $1 where temporal_namespace is not distinct from $2',
    values: [namespaceId, known],
  });
  return marked;
}

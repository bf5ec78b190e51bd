import type { Queryable } from './pool.ts';
import type { SecretKeys } from './secret-keys.ts';

type Row = { endpoint_id: string; secret: string; previous_secret: string | null };

/**
 * Seals the secrets that stand in the clear, from before there were keys, or under a key that is not the first any more.
 * Answers how many endpoints' were.
 */
export async function sealWebhookSecrets(db: Queryable, secrets: SecretKeys): Promise<number> {
  const { rows } = await db.query<Row>({
    name: 'webhook-secrets',
    text: 'select endpoint_id, secret, previous_secret from webhook_endpoints order by endpoint_id',
  });
  const resealed = (stored: string): string =>
    secrets.needsSealing(stored) ? secrets.seal(secrets.open(stored)) : stored;
  let sealed = 0;
  for (const { endpoint_id: id, secret, previous_secret: previous } of rows) {
    const next = [resealed(secret), previous === null ? null : resealed(previous)];
    if (next[0] === secret && next[1] === previous) continue;
    const { rowCount } = await db.query({
      name: 'seal-webhook-secret',
      // A secret that was rotated meanwhile is sealed already.
      text: `
update webhook_endpoints set secret = $2, previous_secret = $3
where endpoint_id = $1 and secret = $4 and previous_secret is not distinct from $5`,
      values: [id, ...next, secret, previous],
    });
    sealed += rowCount ?? 0;
  }
  return sealed;
}

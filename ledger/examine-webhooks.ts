import type { Queryable } from './pool.ts';
import type { SecretKeys } from './secret-keys.ts';

export type WebhooksExamined = {
  readonly endpoints: number;
  /** Endpoints that no message to can be signed for: their secret was sealed with a key that is not among these. */
  readonly unopened: number;
  /** Those whose secret is in the clear, or under a key that is not the first any more. */
  readonly unsealed: number;
  /** Switched on, and failing so often in a row that they are left alone. */
  readonly failing: number;
};

type Row = { secret: string; failing: boolean };

const opens = ({ open }: SecretKeys, stored: string): boolean => {
  try {
    open(stored);
    return true;
  } catch {
    return false;
  }
};

/** How the endpoints of all apps stand with the keys that this process has. `secrets` has at least one key. */
export async function examineWebhooks(
  db: Queryable,
  secrets: SecretKeys,
  failuresBeforePause: number,
): Promise<WebhooksExamined> {
  const { rows } = await db.query<Row>({
    name: 'examine-webhooks',
    text: 'select secret, enabled and failures >= $1 as failing from webhook_endpoints',
    values: [failuresBeforePause],
  });
  const opened = rows.filter(({ secret }) => opens(secrets, secret));
  return {
    endpoints: rows.length,
    unopened: rows.length - opened.length,
    unsealed: opened.filter(({ secret }) => secrets.needsSealing(secret)).length,
    failing: rows.filter(({ failing }) => failing).length,
  };
}

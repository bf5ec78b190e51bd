import { createHash, randomBytes } from 'node:crypto';
import { type AppId, appId } from '../domain/ids.ts';
import type { AppMode } from './apps.ts';
import type { Queryable } from './pool.ts';

export type Scope = 'app' | 'growth' | 'admin';
export type Principal = {
  readonly keyId: string;
  readonly appId: AppId | null;
  readonly scopes: readonly Scope[];
};
export type IssuedKey = { readonly keyId: string; readonly secret: string };

const sha256 = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** `sk_{mode}_{key id}_{256 random bits}`: the id is shown in lists, the secret once. */
function newSecret(mode: AppMode): IssuedKey {
  const keyId = randomBytes(6).toString('hex');
  return { keyId, secret: `sk_${mode}_${keyId}_${randomBytes(32).toString('base64url')}` };
}

export type NewKey = {
  readonly appId: string | null;
  readonly mode: AppMode;
  readonly scopes: readonly Scope[];
};

export async function issueApiKey(db: Queryable, key: NewKey, actor = 'setup'): Promise<IssuedKey> {
  const issued = newSecret(key.mode);
  await db.query({
    name: 'issue-api-key',
    text: `
with issued as (
  insert into api_keys (key_id, app_id, secret_sha256, scopes) values ($1, $2, $3, $4) returning key_id, app_id
)
insert into audit (app_id, actor, act, subject, details)
select app_id, $5, 'key.issue', key_id, jsonb_build_object('scopes', $4::text[]) from issued`,
    values: [issued.keyId, key.appId, sha256(issued.secret), key.scopes, actor],
  });
  return issued;
}

/** Who a secret belongs to; null for one that is unknown, expired or revoked. */
export async function authenticate(db: Queryable, secret: string): Promise<Principal | null> {
  const { rows } = await db.query<{ key_id: string; app_id: string | null; scopes: Scope[] }>({
    name: 'authenticate',
    text: `
select key_id, app_id, scopes from api_keys
where secret_sha256 = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    values: [sha256(secret)],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return { keyId: row.key_id, appId: row.app_id === null ? null : appId(row.app_id), scopes: row.scopes };
}

/** Ends a key for good. False: the app has no such key in force. */
export async function revokeApiKey(
  db: Queryable,
  key: { readonly appId: AppId; readonly keyId: string },
  actor: string,
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'revoke-api-key',
    text: `
with revoked as (
  update api_keys set revoked_at = now() where app_id = $1 and key_id = $2 and revoked_at is null
  returning app_id, key_id
), noted as (
  insert into audit (app_id, actor, act, subject) select app_id, $3, 'key.revoke', key_id from revoked
)
select from revoked`,
    values: [key.appId, key.keyId, actor],
  });
  return rows.length === 1;
}

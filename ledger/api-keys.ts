import { createHash, randomBytes } from 'node:crypto';
import type { AppMode } from '../domain/app-mode.ts';
import { type AppId, appId } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';

export type Scope = 'app' | 'growth' | 'admin';
export type Principal = {
  readonly keyId: string;
  readonly appId: AppId | null;
  readonly scopes: readonly Scope[];
  readonly expiresAt: number | null;
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
  readonly name?: string;
  readonly expiresAt?: number | null;
};

export async function issueApiKey(db: Queryable, key: NewKey, actor = 'setup'): Promise<IssuedKey> {
  const issued = newSecret(key.mode);
  await db.query({
    name: 'issue-api-key',
    text: `
with issued as (
  insert into api_keys (key_id, app_id, secret_sha256, scopes, name, expires_at)
  values ($1, $2, $3, $4, $6, to_timestamp($7::float8 / 1000)) returning key_id, app_id
)
insert into audit (app_id, actor, act, subject, details)
select app_id, $5, 'key.issue', key_id, jsonb_build_object('scopes', $4::text[], 'name', $6::text) from issued`,
    values: [
      issued.keyId,
      key.appId,
      sha256(issued.secret),
      key.scopes,
      actor,
      key.name ?? '',
      key.expiresAt ?? null,
    ],
  });
  return issued;
}

/** A key as whoever looks after the app may see it. */
export type ListedKey = {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  /** Null: it does not expire by itself. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** To the minute; null where it never was. */
  readonly lastUsedAt: number | null;
};

type KeyRow = {
  key_id: string;
  name: string;
  scopes: Scope[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
};

const keyColumns = 'key_id, name, scopes, created_at, expires_at, revoked_at, last_used_at';

const keyFromRow = (row: KeyRow): ListedKey => ({
  keyId: row.key_id,
  name: row.name,
  scopes: row.scopes,
  createdAt: row.created_at.getTime(),
  expiresAt: row.expires_at?.getTime() ?? null,
  revokedAt: row.revoked_at?.getTime() ?? null,
  lastUsedAt: row.last_used_at?.getTime() ?? null,
});

/**
 * Keys of an app or, of null, those of administrators; those that are over included, the newest first. A hundred are more than
 * anybody looks after.
 */
export async function listApiKeys(db: Queryable, app: AppId | null): Promise<readonly ListedKey[]> {
  const { rows } = await db.query<KeyRow>({
    name: 'list-api-keys',
    text: `select ${keyColumns} from api_keys where app_id is not distinct from $1 order by created_at desc, key_id limit 100`,
    values: [app],
  });
  return rows.map(keyFromRow);
}

export type Rotated = { readonly issued: IssuedKey; readonly key: ListedKey; readonly previous: ListedKey };

/**
 * Puts a new key in the place of one, which works on for the overlap. `appId` null: a key of administrators. Null: there is no such key in force.
 */
export async function rotateApiKey(
  db: Queryable,
  {
    appId: app,
    keyId,
    mode,
  }: { readonly appId: AppId | null; readonly keyId: string; readonly mode: AppMode },
  overlapMs: number,
  actor: string,
): Promise<Rotated | null> {
  const issued = newSecret(mode);
  const { rows } = await db.query<KeyRow>({
    name: 'rotate-api-key',
    text: `
with replaced as (
  update api_keys set expires_at = least(expires_at, now() + $5 * interval '1 millisecond')
  where app_id is not distinct from $1 and key_id = $2 and revoked_at is null and (expires_at is null or expires_at > now())
  returning *
), made as (
  insert into api_keys (key_id, app_id, secret_sha256, scopes, name)
  select $3, app_id, $4, scopes, name from replaced
  returning *
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $6, 'key.rotate', key_id, jsonb_build_object('replaced_by', $3::text, 'until', expires_at) from replaced
)
select ${keyColumns} from made union all select ${keyColumns} from replaced`,
    values: [app, keyId, issued.keyId, sha256(issued.secret), overlapMs, actor],
  });
  const [key, previous] = rows.map(keyFromRow);
  return key === undefined || previous === undefined ? null : { issued, key, previous };
}

/**
 * Who a secret belongs to; null for one that is unknown, expired or revoked. That it was used is noted once a minute, by the
 * question that has to be asked anyway.
 */
export async function authenticate(db: Queryable, secret: string): Promise<Principal | null> {
  const { rows } = await db.query<{
    key_id: string;
    app_id: string | null;
    scopes: Scope[];
    expires_at: Date | null;
  }>({
    name: 'authenticate',
    text: `
with found as (
  select key_id, app_id, scopes, expires_at, last_used_at from api_keys
  where secret_sha256 = $1 and revoked_at is null and (expires_at is null or expires_at > now())
), noted as (
  update api_keys k set last_used_at = date_trunc('minute', now()) from found
  where k.key_id = found.key_id and (found.last_used_at is null or found.last_used_at < now() - interval '1 minute')
)
select key_id, app_id, scopes, expires_at from found`,
    values: [sha256(secret)],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    keyId: row.key_id,
    appId: row.app_id === null ? null : appId(row.app_id),
    scopes: row.scopes,
    expiresAt: row.expires_at?.getTime() ?? null,
  };
}

/** Ends a key for good; `appId` null: one of administrators. False: there is no such key in force. */
export async function revokeApiKey(
  db: Queryable,
  key: { readonly appId: AppId | null; readonly keyId: string },
  actor: string,
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'revoke-api-key',
    text: `
with revoked as (
  update api_keys set revoked_at = now() where app_id is not distinct from $1 and key_id = $2 and revoked_at is null
  returning app_id, key_id
), noted as (
  insert into audit (app_id, actor, act, subject) select app_id, $3, 'key.revoke', key_id from revoked
)
select from revoked`,
    values: [key.appId, key.keyId, actor],
  });
  return rows.length === 1;
}

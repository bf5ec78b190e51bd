import type { AppMode } from '../domain/app-mode.ts';
import { type AppId, type PolicyVersion, appId, policyVersion } from '../domain/ids.ts';
import { type PolicyDocument, policyDocument } from '../domain/policy/document.ts';
import { versionOf } from './policies.ts';
import type { Queryable } from './pool.ts';

export type App = {
  readonly appId: AppId;
  readonly name: string;
  readonly mode: AppMode;
  readonly clockOffset: number;
  readonly policyVersion: PolicyVersion;
};

export type NewApp = {
  readonly appId: string;
  readonly name: string;
  readonly mode: AppMode;
  readonly policy: PolicyDocument;
};

/** Makes an app with its first policy version. False: an app of that id is there already. */
export async function createApp(db: Queryable, app: NewApp, actor = 'setup'): Promise<boolean> {
  const version = versionOf(app.policy);
  const { rowCount } = await db.query({
    name: 'create-app',
    text: `
with app as (
  insert into apps (app_id, name, mode, policy_version) values ($1, $2, $3, $4)
  on conflict do nothing returning app_id
), policy as (
  insert into policies (app_id, version, document) select app_id, $4, $5 from app
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $6, 'app.create', app_id, jsonb_build_object('mode', $3::text) from app
)
select app_id from app`,
    values: [app.appId, app.name, app.mode, version, JSON.stringify(policyDocument.parse(app.policy)), actor],
  });
  return rowCount === 1;
}

type AppRow = {
  app_id: string;
  name: string;
  mode: AppMode;
  clock_offset_ms: number;
  policy_version: string;
};

export async function findApp(db: Queryable, id: string): Promise<App | null> {
  const { rows } = await db.query<AppRow>({
    name: 'find-app',
    text: 'select app_id, name, mode, clock_offset_ms, policy_version from apps where app_id = $1',
    values: [id],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    appId: appId(row.app_id),
    name: row.name,
    mode: row.mode,
    clockOffset: row.clock_offset_ms,
    policyVersion: policyVersion(row.policy_version),
  };
}

/** Ids of the first apps, in their order. */
export async function listAppIds(db: Queryable, limit: number): Promise<AppId[]> {
  const { rows } = await db.query<{ app_id: string }>({
    name: 'list-app-ids',
    text: 'select app_id from apps order by app_id limit $1',
    values: [limit],
  });
  return rows.map((row) => appId(row.app_id));
}

/** Every site that an app has named. */
export async function listOrigins(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ origin: string }>({
    name: 'list-origins',
    text: 'select distinct unnest(origins) as origin from apps',
  });
  return rows.map(({ origin }) => origin);
}

/** False: there is no such app. */
export async function setOrigins(
  db: Queryable,
  app: AppId,
  origins: readonly string[],
  actor: string,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'set-origins',
    text: `
with changed as (
  update apps set origins = $2 where app_id = $1 returning app_id, origins
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $3, 'app.origins', app_id, jsonb_build_object('origins', origins) from changed
)
select app_id from changed`,
    values: [app, origins, actor],
  });
  return rowCount === 1;
}

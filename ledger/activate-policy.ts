import { type AppId, type PolicyVersion, policyVersion } from '../domain/ids.ts';
import { type PolicyDocument, policyDocument } from '../domain/policy/document.ts';
import { type MovedPeriods, movePeriods } from './move-periods.ts';
import { versionOf } from './policies.ts';
import type { Queryable } from './pool.ts';

export type ActivationOptions = {
  /** Moves running periods to the new version too; otherwise each keeps its snapshot until it ends. */
  readonly now: boolean;
  readonly actor: string;
  readonly onProgress?: (moved: number) => void;
};

export type Activated = {
  readonly version: PolicyVersion;
  readonly previous: PolicyVersion;
  /** Null where running periods were left alone. */
  readonly moved: MovedPeriods | null;
};

/**
 * Stores the version where the app has none of it and points the app at it, in one statement. The audit has a line only
 * where that changed something. Null: no such app.
 */
async function pointApp(
  db: Queryable,
  app: AppId,
  document: PolicyDocument,
  actor: string,
): Promise<PolicyVersion | null> {
  const { rows } = await db.query<{ previous: string }>({
    name: 'activate-policy',
    text: `
with before as (
  select app_id, policy_version from apps where app_id = $1 for no key update
), stored as (
  insert into policies (app_id, version, document) select app_id, $2, $3 from before on conflict do nothing
), pointed as (
  update apps set policy_version = $2 from before
  where apps.app_id = before.app_id and before.policy_version <> $2
  returning apps.app_id, before.policy_version as previous
), noted as (
  insert into audit (app_id, actor, act, subject, details)
  select app_id, $4, 'policy.activate', $2, jsonb_build_object('previous', previous) from pointed
)
select policy_version as previous from before`,
    values: [app, versionOf(document), JSON.stringify(policyDocument.parse(document)), actor],
  });
  return rows[0] === undefined ? null : policyVersion(rows[0].previous);
}

/** Puts a policy in force. Safe to repeat: what is done already stays done. Null: no such app. */
export async function activatePolicy(
  db: Queryable,
  app: AppId,
  document: PolicyDocument,
  options: ActivationOptions,
): Promise<Activated | null> {
  const version = versionOf(document);
  const previous = await pointApp(db, app, document, options.actor);
  if (previous === null) return null;
  const plans = Object.keys(document.plans);
  const moved = options.now ? await movePeriods(db, { app, version, plans, ...options }) : null;
  return { version, previous, moved };
}

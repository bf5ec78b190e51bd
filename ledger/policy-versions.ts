import { type AppId, type PolicyVersion, policyVersion } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { type ParsedPolicy, policyDocument } from '../domain/policy/document.ts';
import type { Queryable } from './pool.ts';
import { instantFromRow } from './rows/instant.ts';

/** What an operator asks about an app's policies; nothing here is on the path of a request. */

/** A version as it was stored, with today's defaults for knobs that are younger than it. Null: the app has none of it. */
export async function readPolicy(
  db: Queryable,
  app: AppId,
  version: PolicyVersion,
): Promise<ParsedPolicy | null> {
  const { rows } = await db.query<{ document: unknown }>({
    name: 'read-policy',
    text: 'select document from policies where app_id = $1 and version = $2',
    values: [app, version],
  });
  return rows[0] === undefined ? null : policyDocument.parse(rows[0].document);
}

export type PolicyVersionListed = { readonly version: PolicyVersion; readonly storedAt: Instant };

/** The app's versions, newest first. */
export async function listPolicyVersions(
  db: Queryable,
  app: AppId,
  limit: number,
): Promise<PolicyVersionListed[]> {
  const { rows } = await db.query<{ version: string; stored_at: string }>({
    name: 'list-policy-versions',
    text: `
select version, to_jsonb(created_at) #>> '{}' as stored_at from policies
where app_id = $1 order by created_at desc, version limit $2`,
    values: [app, limit],
  });
  return rows.map((row) => ({
    version: policyVersion(row.version),
    storedAt: instantFromRow(row.stored_at),
  }));
}

export type Activation = { readonly at: Instant; readonly actor: string };

/** Who put the app's present policy in force, and when, on the real clock. */
export async function lastActivation(db: Queryable, app: AppId): Promise<Activation | null> {
  const { rows } = await db.query<{ at: string; actor: string }>({
    name: 'last-activation',
    text: `
select to_jsonb(at) #>> '{}' as at, actor from audit
where app_id = $1 and act in ('app.create', 'policy.activate') order by audit.at desc, audit_id desc limit 1`,
    values: [app],
  });
  const row = rows[0];
  return row === undefined ? null : { at: instantFromRow(row.at), actor: row.actor };
}

/** Running periods that live under one plan of one version. */
export type RunningPeriods = {
  readonly version: PolicyVersion;
  readonly plan: string;
  readonly periods: number;
  /** When the last of them ends, on the app's clock. */
  readonly lastEndsAt: Instant;
};

/** Which versions the app's running periods live under. */
export async function runningPeriods(db: Queryable, app: AppId): Promise<RunningPeriods[]> {
  const { rows } = await db.query<{ version: string; plan: string; periods: number; last_ends_at: string }>({
    name: 'running-periods',
    text: `
select p.policy_version as version, p.plan, count(*) as periods, to_jsonb(max(p.ends_at)) #>> '{}' as last_ends_at
from apps app
join accounts a using (app_id)
join periods p on p.app_id = a.app_id and p.user_id = a.user_id and p.number = a.current_period
where app.app_id = $1 and p.ends_at > clock_timestamp() + app.clock_offset_ms * interval '1 millisecond'
group by p.policy_version, p.plan
order by periods desc, version, plan`,
    values: [app],
  });
  return rows.map((row) => ({
    version: policyVersion(row.version),
    plan: row.plan,
    periods: row.periods,
    lastEndsAt: instantFromRow(row.last_ends_at),
  }));
}

import { instant } from '../../domain/instant.ts';
import { policyDocument } from '../../domain/policy/document.ts';
import { policyFindings } from '../../domain/policy/findings.ts';
import { listAppIds } from '../../ledger/apps.ts';
import { pendingMigrations } from '../../ledger/migrate.ts';
import { operationalState } from '../../ledger/operational-state.ts';
import { outboxState } from '../../ledger/outbox.ts';
import type { Queryable } from '../../ledger/pool.ts';
import { lastReconciliation } from '../../ledger/reconciliations.ts';
import { type Finding, failed, warned, well } from './finding.ts';

const oldestPostgres = 15;
const mostSkewMs = 2_000;
const mostApps = 1_000;

async function version(db: Queryable): Promise<Finding> {
  const { rows } = await db.query<{ number: number; told: string }>({
    name: 'server-version',
    text: `select current_setting('server_version_num')::int as number, current_setting('server_version') as told`,
  });
  const { number = 0, told = 'unknown' } = rows[0] ?? {};
  return number / 10_000 >= oldestPostgres
    ? well('Postgres', `version ${told}`)
    : failed('Postgres', `version ${told}`, `Move to Postgres ${oldestPostgres} or newer.`);
}

/** The database's clock rules; a host that is off signs webhooks and reads times wrongly. */
async function clocks(db: Queryable): Promise<Finding> {
  const before = Date.now();
  const { rows } = await db.query<{ now: number }>({
    name: 'database-now',
    text: 'select extract(epoch from clock_timestamp())::float8 * 1000 as now',
  });
  const middle = (before + Date.now()) / 2;
  const skew = Math.round((rows[0]?.now ?? middle) - middle);
  const found = `the database's clock and this host's differ by ${Math.abs(skew)} ms`;
  return Math.abs(skew) <= mostSkewMs
    ? well('clocks', found)
    : warned('clocks', found, 'Run NTP on both hosts: webhooks are signed with this host’s time.');
}

async function migrations(db: Queryable): Promise<Finding> {
  const pending = await pendingMigrations(db).catch(() => ['all of them']);
  return pending.length === 0
    ? well('migrations', 'all are there')
    : failed(
        'migrations',
        `missing: ${pending.join(', ')}`,
        'Run the migrate job: node dist/ledger/migrate-command.js',
      );
}

async function lag(db: Queryable): Promise<readonly Finding[]> {
  const outbox = await outboxState(db);
  const { deliveries, reviews } = await operationalState(db);
  const last = await lastReconciliation(db);
  const told = `${outbox.outstanding} accounts wait to be told, the oldest for ${Math.round(outbox.oldestSeconds)} s`;
  const due = `${deliveries.pending} messages wait, the oldest is due for ${Math.round(deliveries.oldestDueSeconds)} s`;
  return [
    outbox.oldestSeconds > 300
      ? warned('workflows', told, 'Is the worker running, and Temporal? See docs/runbooks/temporal-down.md')
      : well('workflows', told),
    outbox.setAside > 0
      ? warned(
          'refusals',
          `Temporal refused the totals of ${outbox.setAside} accounts`,
          'See docs/runbooks/backlog.md',
        )
      : well('refusals', 'Temporal refused nothing'),
    deliveries.oldestDueSeconds > 60
      ? warned('messages', due, 'Is the worker running? See docs/runbooks/backlog.md')
      : well('messages', due),
    reviews.overdue > 0
      ? warned(
          'reviews',
          `${reviews.overdue} of ${reviews.open} open reviews are overdue`,
          'Decide them: GET /v1/reviews',
        )
      : well('reviews', `${reviews.open} are open, none is overdue`),
    last !== null && last.ageSeconds > 3 * 3_600
      ? warned(
          'reconciler',
          `last finished ${Math.round(last.ageSeconds / 3_600)} h ago`,
          'Is the schedule stipend-reconcile paused? See docs/recovery.md',
        )
      : well(
          'reconciler',
          last === null
            ? 'has not run yet'
            : `mended ${last.mended} of ${last.accounts} accounts when it last ran`,
        ),
  ];
}

type PolicyRow = { readonly app_id: string; readonly version: string; readonly document: unknown };

function policyFinding({ app_id: app, version: of, document }: PolicyRow): Finding {
  const about = `policy of ${app}`;
  const parsed = policyDocument.safeParse(document);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    return failed(
      about,
      `${of} is not valid: ${first?.path.join('.')}: ${first?.message}`,
      'Mend it and put it in force with `stipend policy activate`.',
    );
  }
  const warnings = policyFindings(parsed.data, null, instant(Date.now())).filter(
    ({ kind }) => kind === 'warning',
  );
  return warnings.length === 0
    ? well(about, `${of} is valid`)
    : warned(
        about,
        `${of} is valid, with ${warnings.length} warnings`,
        `Read them: stipend policy show --app ${app} > policy.yaml, then stipend policy check policy.yaml`,
      );
}

async function policies(db: Queryable): Promise<readonly Finding[]> {
  const apps = await listAppIds(db, mostApps);
  if (apps.length === 0)
    return [warned('apps', 'there is none yet', 'Make one with POST /v1/apps or `npm start`.')];
  const { rows } = await db.query<PolicyRow>({
    name: 'policies-in-force',
    text: `
select a.app_id, a.policy_version as version, p.document from apps a
join policies p on p.app_id = a.app_id and p.version = a.policy_version
where a.app_id = any($1) order by a.app_id`,
    values: [apps],
  });
  return rows.map(policyFinding);
}

/** Everything that the database can tell; without its tables there is little to ask. */
export async function examineLedger(
  db: Queryable,
): Promise<{ readonly findings: readonly Finding[]; readonly isMigrated: boolean }> {
  const schema = await migrations(db);
  const first = [await version(db), await clocks(db), schema];
  if (schema.level === 'fail') return { findings: first, isMigrated: false };
  return { findings: [...first, ...(await lag(db)), ...(await policies(db))], isMigrated: true };
}

import type { AppId } from '../domain/ids.ts';
import type { Queryable } from './pool.ts';

/** One act of a person or an administrator, written by the statement that did it. */
export type AuditEntry = {
  readonly id: number;
  /** Null: it is about the whole service. */
  readonly app: string | null;
  readonly actor: string;
  readonly act: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: number;
};

export type AuditFilter = {
  /** Null: of every app, and of none. */
  readonly app: AppId | null;
  readonly actor: string | null;
  /** An act such as `key.issue`, or what comes before its dot. */
  readonly act: string | null;
  readonly subject: string | null;
  readonly since: number | null;
  readonly until: number | null;
  /** The entry after which the page begins; null: the newest. */
  readonly after: number | null;
  readonly limit: number;
};

type Row = {
  audit_id: number;
  app_id: string | null;
  actor: string;
  act: string;
  subject: string;
  details: Record<string, unknown>;
  at: Date;
};

/** The newest first. */
export async function listAudit(db: Queryable, filter: AuditFilter): Promise<readonly AuditEntry[]> {
  const { app, actor, act, subject, since, until, after, limit } = filter;
  const { rows } = await db.query<Row>({
    name: 'list-audit',
    text: `
select audit_id, app_id, actor, act, subject, details, at from audit
where ($1::text is null or app_id = $1) and ($2::text is null or actor = $2)
  and ($3::text is null or act = $3 or split_part(act, '.', 1) = $3) and ($4::text is null or subject = $4)
  and ($5::float8 is null or at >= to_timestamp($5 / 1000)) and ($6::float8 is null or at < to_timestamp($6 / 1000))
  and ($7::bigint is null or audit_id < $7)
order by audit_id desc limit $8`,
    values: [app, actor, act, subject, since, until, after, limit],
  });
  return rows.map((row) => ({
    id: row.audit_id,
    app: row.app_id,
    actor: row.actor,
    act: row.act,
    subject: row.subject,
    details: row.details,
    at: row.at.getTime(),
  }));
}

/** For acts that no statement of their own writes down, in the transaction that does them. */
export async function noteAct(
  db: Queryable,
  entry: Pick<AuditEntry, 'actor' | 'act' | 'subject' | 'details'> & { readonly app: AppId | null },
): Promise<void> {
  await db.query({
    name: 'note-act',
    text: 'insert into audit (app_id, actor, act, subject, details) values ($1, $2, $3, $4, $5)',
    values: [entry.app, entry.actor, entry.act, entry.subject, JSON.stringify(entry.details)],
  });
}

import type { Queryable } from './pool.ts';

export type AppsThatMail = {
  /** Apps whose policy in force has e-mail switched on. */
  readonly apps: number;
  /** Mails of the last day that no mail server was set for. */
  readonly unsent: number;
};

export async function appsThatMail(db: Queryable): Promise<AppsThatMail> {
  const { rows } = await db.query<AppsThatMail>({
    name: 'apps-that-mail',
    text: `
select
  (select count(*)::int from apps a join policies p on p.app_id = a.app_id and p.version = a.policy_version
    where p.document #>> '{channels,email,enabled}' = 'true') as apps,
  (select count(*)::int from deliveries where channel = 'email' and status = 'failed'
    and finished_at > now() - interval '1 day' and last_error like 'no mail server is set%') as unsent`,
  });
  return rows[0] ?? { apps: 0, unsent: 0 };
}

import type { Lookup } from './account-snapshot.ts';
import { type Column, readByName, rowsOf } from './columns.ts';
import { hmacOfUser } from './user-hmac.ts';

export const lookupColumns: readonly Column<Lookup>[] = [
  { name: 'app_id', type: 'text', of: ({ app_id }) => app_id },
  { name: 'user_id', type: 'text', of: ({ user_id }) => user_id },
  { name: 'session_ids', type: 'texts', of: ({ session_ids }) => session_ids },
  { name: 'event_ids', type: 'texts', of: ({ event_ids }) => event_ids },
  { name: 'authorization_ids', type: 'texts', of: ({ authorization_ids }) => authorization_ids },
  { name: 'answer_keys', type: 'texts', of: ({ answer_keys }) => answer_keys },
];

/** What only some lookups ask for: a statement has just the parts that its lookups need (docs/decisions/0007). */
const parts = {
  owners: ({ user_id }: Lookup): boolean => user_id === undefined,
  sessions: ({ session_ids }: Lookup): boolean => session_ids.length > 0,
  usage: ({ event_ids }: Lookup): boolean => event_ids.length > 0,
  authorizations: ({ authorization_ids }: Lookup): boolean => authorization_ids.length > 0,
  answers: ({ answer_keys }: Lookup): boolean => answer_keys.length > 0,
} as const;

type Part = keyof typeof parts;

const everyPart = Object.entries(parts) as readonly (readonly [Part, (lookup: Lookup) => boolean])[];

const inSnapshot: Readonly<Partial<Record<Part, string>>> = {
  authorizations: `,
  (select json_agg(z) from authorizations z
    where z.app_id = app.app_id and z.session_id = any(q.session_ids)
      and z.authorization_id = any(q.authorization_ids)) as asked_authorizations`,
  usage: `,
  (select json_agg(json_build_object('id', e.event_id, 'sessionId', e.session_id, 'fingerprint', e.fingerprint))
    from usage_events e where e.app_id = app.app_id and e.event_id = any(q.event_ids)) as usage_events`,
  answers: `,
  (select json_agg(json_build_object('key', w.key, 'fingerprint', w.fingerprint, 'status', w.status, 'body', w.body))
    from answers w where w.app_id = app.app_id and w.key = any(q.answer_keys)) as answers`,
};

const ownerOfSession = `coalesce(q.user_id, (
    select o.user_id from sessions o where o.session_id = any(q.session_ids) and o.app_id = app.app_id limit 1
  ))`;

/**
 * Accounts, each with all that a decision reads: among its sessions those that are open, and of the ended ones those that an
 * open authorization or a request names.
 */
const textOf = (needed: readonly Part[]): string => `
with asked as materialized (
  select n.item, ${readByName('n', lookupColumns)}
  from ${rowsOf('n', lookupColumns, 1)}
)
select
  q.item, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as database_now,
  app.clock_offset_ms, app.mode, app.policy_version, who.user_id, to_json(who.account) as account,
  near.sessions, reserved.open_authorizations,
  (select json_agg(p) from periods p
    where p.app_id = app.app_id and p.user_id = who.user_id
      and p.number = any((who.account).current_period || near.periods)) as periods,
  (select json_agg(c order by c.number) from commands c
    where c.app_id = app.app_id and c.user_id = who.user_id
      and c.number > ((who.account).entitlement ->> 'foldedThrough')::integer) as commands${needed
        .map((part) => inSnapshot[part] ?? '')
        .join('')},
  case when who.account is null then (
    select e.allowance from erasures e
    where e.app_id = app.app_id and e.user_hmac = ${hmacOfUser('app.app_id', 'who.user_id')}
      and e.allowance_until > clock_timestamp() + app.clock_offset_ms * interval '1 millisecond') end as tombstone
from asked q
join apps app on app.app_id = q.app_id
cross join lateral (
  select named.user_id,
    (select a from accounts a where a.app_id = app.app_id and a.user_id = named.user_id) as account
  from (select ${needed.includes('owners') ? ownerOfSession : 'q.user_id'} as user_id offset 0) named
  offset 0
) who
cross join lateral (
  select json_agg(z) as open_authorizations, array_agg(z.session_id) as session_ids from authorizations z
  where z.app_id = app.app_id and z.user_id = who.user_id and z.closed_at is null offset 0
) reserved
cross join lateral (
  select json_agg(s order by s.session_id) as sessions, array_agg(s.period) as periods from (
    select o.* from sessions o where o.app_id = app.app_id and o.user_id = who.user_id and o.ended_at is null
    union all
    select o.* from sessions o
    where o.app_id = app.app_id and o.session_id = any(reserved.session_ids${needed.includes('sessions') ? ' || q.session_ids' : ''})
      and o.ended_at is not null
  ) s offset 0
) near
where who.user_id is not null`;

export type LoadStatement = { readonly name: string; readonly text: string };

const made = new Map<string, LoadStatement>();

/** The statement for these lookups, prepared under a name of its own. */
export function loadStatement(lookups: readonly Lookup[]): LoadStatement {
  const needed = everyPart
    .filter(([, isNeeded]) => lookups.some((lookup) => isNeeded(lookup)))
    .map(([part]) => part);
  const name = ['load', ...needed].join('+');
  const known = made.get(name);
  if (known !== undefined) return known;
  const statement = { name, text: textOf(needed) };
  made.set(name, statement);
  return statement;
}

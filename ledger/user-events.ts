import type { Instant } from '../domain/instant.ts';
import type { Queryable } from './pool.ts';
import { instantToRow } from './rows/instant.ts';
import type { AccountKey } from './totals.ts';

/** What an app tells of a user beside the plan: what changes that is a command, and written with it. */
export type ToldEvent = {
  readonly kind: 'upgrade_page_viewed' | 'email_bounced' | 'email_complained';
  /** A repeat has the same. */
  readonly id: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly note: string;
};

export async function storeUserEvent(db: Queryable, account: AccountKey, event: ToldEvent): Promise<void> {
  await db.query({
    name: 'store-user-event',
    text: `
insert into user_events (app_id, user_id, event_id, kind, note, occurred_at, recorded_at)
select app_id, user_id, $3, $7, $4, $5, $6 from accounts where app_id = $1 and user_id = $2
on conflict do nothing`,
    values: [
      account.appId,
      account.userId,
      event.id,
      event.note,
      instantToRow(event.occurredAt),
      instantToRow(event.recordedAt),
      event.kind,
    ],
  });
}

import type { Instant } from '../domain/instant.ts';
import type { Queryable } from './pool.ts';
import { instantToRow } from './rows/instant.ts';
import type { AccountKey } from './totals.ts';

/** A look at the page with the paid plans. What changes an account's plan is a command, and written with it. */
export type PageView = {
  /** A repeat has the same. */
  readonly id: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly note: string;
};

export async function storePageView(db: Queryable, account: AccountKey, view: PageView): Promise<void> {
  await db.query({
    name: 'store-page-view',
    text: `
insert into user_events (app_id, user_id, event_id, kind, note, occurred_at, recorded_at)
select app_id, user_id, $3, 'upgrade_page_viewed', $4, $5, $6 from accounts where app_id = $1 and user_id = $2
on conflict do nothing`,
    values: [
      account.appId,
      account.userId,
      view.id,
      view.note,
      instantToRow(view.occurredAt),
      instantToRow(view.recordedAt),
    ],
  });
}

import { noticeId, noticeText } from '../domain/notice/notice.ts';
import { queueDelivery } from '../ledger/deliveries.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { storeNudges } from '../ledger/nudges.ts';
import { webhookMessage } from '../delivery/webhook-message.ts';
import type { FreeTierActivities } from './free-tier-activities.ts';

export function deliveryActivities(
  ledger: Ledger,
): Pick<FreeTierActivities, 'deliverToInbox' | 'deliverByWebhook'> {
  return {
    deliverToInbox: async ({ appId, userId, period, nudges, notice }) => {
      const stored =
        notice === null
          ? null
          : {
              id: noticeId(notice),
              kind: notice.kind,
              threshold: notice.kind === 'nudge' ? notice.threshold : null,
              period: notice.period,
              text: noticeText(notice, period),
            };
      await storeNudges(ledger.pool, { appId, userId }, nudges, stored);
    },

    deliverByWebhook: async ({ appId, userId, period, notice }) => {
      const message = webhookMessage({ appId, userId }, notice, period);
      await queueDelivery(ledger.pool, { appId, userId }, message);
    },
  };
}

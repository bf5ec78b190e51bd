import { type Notice, noticeId } from '../domain/notice/notice.ts';
import { noticeText } from '../domain/notice/notice-text.ts';
import type { PeriodTotals } from '../domain/totals.ts';
import { findLocale } from '../ledger/account-locale.ts';
import { mailFacts } from '../domain/mail/mail.ts';
import { maySend } from '../domain/mail/may-send.ts';
import { instant } from '../domain/instant.ts';
import { queueMail } from '../ledger/mail-deliveries.ts';
import { findMailRecipient } from '../ledger/mail-recipient.ts';
import { queueWebhooks } from '../ledger/deliveries.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { storeNudges } from '../ledger/nudges.ts';
import { reviewMessage } from '../delivery/review-message.ts';
import { webhookMessage } from '../delivery/webhook-message.ts';
import type { FreeTierActivities, OfAccount } from './free-tier-activities.ts';
import { noAccount } from './no-account.ts';

export type Heard = {
  /** @param seconds from the crossing until its notice was written */
  readonly onNudge?: (seconds: number) => void;
  /** Messages for endpoints wait to be sent. */
  readonly onWebhooks?: () => void;
};

export function deliveryActivities(
  ledger: Ledger,
  { onNudge, onWebhooks }: Heard = {},
): Pick<FreeTierActivities, 'deliver' | 'deliverToInbox' | 'deliverByWebhook' | 'tellOfReview'> {
  /** In the user's language of the moment: the workflow need not know it. */
  const textFor = async (account: OfAccount, notice: Notice, period: PeriodTotals): Promise<string> => {
    const locale = await findLocale(ledger.pool, account);
    // Nothing is written for who was erased.
    if (locale === null) throw noAccount(account);
    return noticeText(notice, period, locale);
  };

  /** No row for who would get no mail; quiet hours are waited for by the dispatcher. */
  const mail = async (account: OfAccount, notice: Notice, period: PeriodTotals): Promise<void> => {
    const to = await findMailRecipient(ledger.pool, account);
    if (to === null) throw noAccount(account);
    await ledger.policies.fetch([to.policyVersion]);
    const facts = mailFacts(notice, period);
    const { email } = ledger.policies.read(to.policyVersion);
    if (maySend(facts, to, email, instant(Date.now())).kind === 'never') return;
    await queueMail(ledger.pool, account, facts);
  };

  /** What was decided and the notice in the user's inbox, in one statement. */
  const deliverToInbox: FreeTierActivities['deliverToInbox'] = async ({
    appId,
    userId,
    period,
    nudges,
    notice,
    accounted = [],
  }) => {
    const stored =
      notice === null
        ? null
        : {
            id: noticeId(notice),
            kind: notice.kind,
            threshold: notice.kind === 'nudge' ? notice.threshold : null,
            period: notice.period,
            text: await textFor({ appId, userId }, notice, period),
          };
    const { arm = null } = period;
    const decided = { nudges, arm, notice: stored, accounted };
    const seconds = await storeNudges(ledger.pool, { appId, userId }, decided);
    if (seconds !== null) onNudge?.(seconds);
  };

  const deliverByWebhook: FreeTierActivities['deliverByWebhook'] = async ({
    appId,
    userId,
    period,
    notice,
  }) => {
    const text = await textFor({ appId, userId }, notice, period);
    const message = webhookMessage({ appId, userId }, notice, period, text);
    await queueWebhooks(ledger.pool, { appId, userId }, message);
    onWebhooks?.();
    await mail({ appId, userId }, notice, period);
  };

  return {
    deliverToInbox,
    deliverByWebhook,

    deliver: async (request) => {
      await deliverToInbox(request);
      if (request.notice !== null) await deliverByWebhook({ ...request, notice: request.notice });
    },

    tellOfReview: async (request) => {
      await queueWebhooks(ledger.pool, request, reviewMessage(request, request));
      onWebhooks?.();
    },
  };
}

import { SpanKind } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { Mailer } from '../delivery/email/mailer.ts';
import type { MailOutcome } from '../delivery/email/smtp-outcome.ts';
import { instant } from '../domain/instant.ts';
import { mailInWords } from '../domain/mail/mail.ts';
import { maySend } from '../domain/mail/may-send.ts';
import { termsFor } from '../domain/policy/terms.ts';
import { nextAttemptIn } from '../domain/webhook/attempts.ts';
import { finishDelivery, retryDelivery } from '../ledger/deliveries.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type DueMail, claimMails } from '../ledger/mail-deliveries.ts';
import { markUndeliverable } from '../ledger/mail-preferences.ts';
import { findMailRecipient } from '../ledger/mail-recipient.ts';
import { inSpan } from '../tracing/spans.ts';
import { unsubscribeToken } from '../ledger/unsubscribe-token.ts';

export type MailOptions = {
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly mailer: Mailer;
  /** Sender where the policy names none. */
  readonly from: string;
  /** Where users reach the API: links to unsubscribe begin with it. */
  readonly publicUrl: string;
  /** Real time: quiet hours are kept on it, whatever a test clock says. */
  readonly realNow?: () => number;
  /** Told of every attempt that is over; a mail that waits for the end of quiet hours is none. */
  readonly onAttempt?: (outcome: MailOutcome['kind'], mail: DueMail) => void;
};

type Attempt = MailOutcome | { readonly kind: 'wait'; readonly ms: number };

const batch = 20;

/** Reads the user as they are now: a mail that waited goes to the new address, in the new language, or not at all. */
async function attempt(due: DueMail, options: MailOptions): Promise<Attempt> {
  const { ledger, mailer, from, publicUrl, realNow = Date.now } = options;
  const to = await findMailRecipient(ledger.pool, due);
  if (to === null) return { kind: 'never', error: 'the account is gone' };
  await ledger.policies.fetch([to.policyVersion]);
  const policy = ledger.policies.read(to.policyVersion);
  const now = realNow();
  const may = maySend(due.facts, to, policy.email, instant(now));
  switch (may.kind) {
    case 'never':
      return { kind: 'never', error: may.reason };
    case 'wait':
      return { kind: 'wait', ms: may.until - now };
    case 'send': {
      const mail = mailInWords(due.facts, {
        localeTag: to.locale,
        appName: to.appName,
        upgrade: termsFor(policy, to.plan).upgrade,
        unsubscribeUrl: `${publicUrl}/v1/unsubscribe/${unsubscribeToken(due, to.mailKey)}`,
      });
      return mailer.send({
        id: due.id,
        to: may.address,
        from: policy.email.from ?? from,
        replyTo: policy.email.replyTo,
        mail,
      });
    }
    default:
      return may satisfies never;
  }
}

async function settle(due: DueMail, outcome: Attempt, { ledger, log }: MailOptions): Promise<void> {
  const db = ledger.pool;
  const context = { delivery: due.id, app: due.appId, attempt: due.attempt };
  switch (outcome.kind) {
    case 'delivered':
      return finishDelivery(db, due.id, { status: 'delivered', error: null });
    case 'wait':
      return retryDelivery(db, due.id, {
        delayMs: outcome.ms,
        error: "waits for the end of the user's quiet hours",
      });
    case 'refused':
      await markUndeliverable(db, due, outcome.error);
      log.warn({ ...context, error: outcome.error }, 'an address takes no mail');
      return finishDelivery(db, due.id, { status: 'failed', error: outcome.error });
    case 'never':
      log.info({ ...context, error: outcome.error }, 'mail is not sent');
      return finishDelivery(db, due.id, { status: 'failed', error: outcome.error });
    case 'again': {
      const attempted = { attempt: due.attempt, age: due.ageMs, retryAfter: null };
      const delayMs = nextAttemptIn(attempted, Math.random());
      log.warn({ ...context, error: outcome.error, delayMs }, 'mail was not taken');
      return delayMs === null
        ? finishDelivery(db, due.id, { status: 'failed', error: outcome.error })
        : retryDelivery(db, due.id, { delayMs, error: outcome.error });
    }
    default:
      return outcome satisfies never;
  }
}

/** Sends the mails that are due, a batch at a time; answers how many were due. */
export async function sendDueMails(options: MailOptions): Promise<number> {
  const due = await claimMails(options.ledger.pool, batch);
  const done = await Promise.allSettled(
    due.map((mail) =>
      inSpan(
        'deliver mail',
        {
          kind: SpanKind.PRODUCER,
          parent: mail.traceparent,
          attributes: { 'stipend.attempt': mail.attempt },
        },
        async () => {
          const outcome = await attempt(mail, options);
          await settle(mail, outcome, options);
          if (outcome.kind !== 'wait') options.onAttempt?.(outcome.kind, mail);
        },
      ),
    ),
  );
  for (const [place, one] of done.entries()) {
    if (one.status === 'fulfilled') continue;
    // Its claim runs out, and it is sent again under its id.
    options.log.error({ err: one.reason, delivery: due[place]?.id }, 'a mail could not be dealt with');
  }
  return due.length;
}

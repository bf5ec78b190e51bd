import type { Instant } from '../instant.ts';
import type { EmailTerms } from '../policy/terms.ts';
import type { MailFacts } from './mail.ts';
import { quietUntil } from './quiet-hours.ts';

/** What is known of whom a mail goes to. */
export type Recipient = {
  readonly address: string | null;
  readonly timeZone: string;
  readonly unsubscribed: boolean;
  readonly undeliverable: boolean;
  /** On the app's clock. */
  readonly now: Instant;
};

/** `send` now, `wait` until a real instant, or `never`, for the reason beside it. */
export type MaySend =
  | { readonly kind: 'send'; readonly address: string }
  | { readonly kind: 'wait'; readonly until: Instant }
  | { readonly kind: 'never'; readonly reason: string };

const never = (reason: string): MaySend => ({ kind: 'never', reason });

/** Whether a mail may still go out: asked when it is written and before each attempt, since users change their minds. */
export function maySend(
  { notice, period }: MailFacts,
  to: Recipient,
  { enabled, quietHours }: EmailTerms,
  realNow: Instant,
): MaySend {
  if (!enabled) return never('the policy has e-mail switched off');
  if (to.address === null) return never('the user has no address');
  if (to.unsubscribed) return never('the user has unsubscribed');
  if (to.undeliverable) return never('the address takes no mail');
  // As crossings lapse with their period: a mail that waited overnight may have been overtaken by the reset.
  if (notice.kind !== 'reset' && to.now >= period.endsAt) return never('the period it speaks of is over');
  const until = quietUntil(realNow, quietHours, to.timeZone);
  return until === null ? { kind: 'send', address: to.address } : { kind: 'wait', until };
}

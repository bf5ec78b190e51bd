import { mailAsHtml } from '../../domain/mail/html.ts';
import type { Mail } from '../../domain/mail/mail.ts';
import { mailAsText } from '../../domain/mail/text.ts';

export type MailToSend = {
  /** Of the delivery: the Message-ID is made of it, so that a mail that arrives twice can be recognised. */
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly replyTo: string | null;
  readonly mail: Mail;
};

const domainOf = (sender: string): string => /@([^\s<>@]+)>?$/.exec(sender)?.[1] ?? 'stipend.invalid';

/** As nodemailer takes it. Unsubscribing is one click in the mail program (RFC 8058). */
export const messageOf = ({ id, to, from, replyTo, mail }: MailToSend) => ({
  messageId: `<${id}@${domainOf(from)}>`,
  // As an object an address is never read as a list.
  to: { name: '', address: to },
  from,
  ...(replyTo === null ? {} : { replyTo }),
  subject: mail.subject,
  text: mailAsText(mail),
  html: mailAsHtml(mail),
  headers: {
    'List-Unsubscribe': `<${mail.unsubscribe.url}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'Content-Language': mail.language,
    // No out-of-office answers, please (RFC 3834).
    'Auto-Submitted': 'auto-generated',
  },
  disableFileAccess: true,
  disableUrlAccess: true,
});
